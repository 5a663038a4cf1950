-- One row an identifier's number and the smallest number of its component.
{{ nexus.nexus_connected_components(ref('nexus_identity_nodes'), ref('nexus_identity_edges')) }}
