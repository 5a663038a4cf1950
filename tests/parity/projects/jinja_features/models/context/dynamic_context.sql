{{ cells([
  ('context_var', context['var']('plain')), ('context_get', context.get('nope', 'absent')), ('builtins', builtins.var('number')), ('in_context', 'ref' in context), ('modules', modules.keys() | sort), ('graph_at_execute', (graph.nodes is mapping) if execute else true),
]) }}
