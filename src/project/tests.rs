//! Projects in real folders: what is found, what is refused, and how it is said.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::diagnostic::{Code, Diagnostics, render_text};
use crate::invocation::{Cancel, Invocation};

mod deps;
mod files;
mod profiles;

/// Renders `{{ env_var('X') }}` to `<X>`, numbers natively, and fails on `boom`.
struct Fake;

impl RenderYaml for Fake {
    fn render(
        &self,
        text: &str,
        span: Span,
        _vars: &Map<String, Json>,
        target: Option<&Json>,
    ) -> Result<yaml::Value> {
        if text.contains("boom") {
            return Err(
                Diagnostic::error(Code::ENV_VAR, "the environment variable `boom` is not set").at(span),
            );
        }
        if text.contains("target.name") {
            return Ok(yaml::Value::Str(
                target.map_or("none", |t| t["name"].as_str().unwrap()).into(),
            ));
        }
        let name = text.trim_matches(['{', '}', ' ']);
        Ok(name
            .parse()
            .map_or_else(|_| yaml::Value::Str(format!("<{name}>").into()), yaml::Value::Int))
    }
}

const PROFILES: &str =
    "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: dev.duckdb, threads: 4}\n";

/// A project in a folder of its own.
struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    /// Makes a folder with the files given; a `dbt_project.yml` and a `profiles.yml` where none are given.
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        place.write("dbt_project.yml", "name: shop\nprofile: shop\n");
        place.write("profiles.yml", PROFILES);
        for (path, text) in files {
            place.write(path, text);
        }
        place
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn invocation(&self) -> Invocation {
        Invocation {
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: self.root().to_path_buf(),
            home: None,
            started_at: chrono::DateTime::UNIX_EPOCH,
            id: "id".into(),
            cancel: Cancel::default(),
            asked: Default::default(),
        }
    }

    fn load_with(&self, options: &LoadOptions) -> Result<Project, Diagnostics> {
        load(options, &self.invocation(), &Fake, &|_, _| Ok(()))
    }

    fn load(&self) -> Project {
        self.load_with(&LoadOptions::default()).unwrap()
    }

    /// Returns the faults of loading as a person sees them, the folder's name replaced.
    fn faults(&self) -> String {
        self.shown(&self.load_with(&LoadOptions::default()).unwrap_err())
    }

    fn shown(&self, found: &Diagnostics) -> String {
        let text: String = found.0.iter().map(|d| render_text(d, false)).collect();
        text.replace(&*self.root().to_string_lossy(), "[root]")
    }
}

#[test]
fn defaults_are_those_of_dbt() {
    let project = Place::new(&[]).load();
    let file = &project.root().project;
    assert_eq!(file.model_paths, ["models"]);
    assert_eq!(file.analysis_paths, ["analyses"]);
    assert_eq!(
        file.docs_paths,
        [
            "analyses",
            "functions",
            "macros",
            "models",
            "seeds",
            "snapshots",
            "tests"
        ]
    );
    assert_eq!(file.packages_install_path, "dbt_packages");
    assert_eq!(file.clean_targets, ["target"]);
    assert_eq!(project.target_path, project.root_dir.join("target"));
    assert!(file.query_comment.is_none());
}

#[test]
fn strings_are_rendered_where_dbt_renders_them() {
    let place = Place::new(&[(
        "dbt_project.yml",
        "name: shop
profile: shop
vars:
  v: '{{ raw }}'
on-run-start: '{{ hook }}'
query-comment: '{{ comment }}'
models:
  +schema: '{{ target.name }}'
  +pre-hook: '{{ hook }}'
  shop:
    staging:
      post_hook: [\"{{ hook }}\"]
      limit: '{{ 12 }}'
      enabled: \"{{ x }}\"
sources:
  shop: {schema: '{{ y }}', pre-hook: '{{ z }}'}
",
    )]);
    let project = place.load();
    let file = &project.root().project;
    assert_eq!(Json::Object(file.vars.clone()), json!({"v": "{{ raw }}"}));
    assert_eq!(file.on_run_start[0].as_str(), Some("{{ hook }}"));
    assert_eq!(file.query_comment, Some(json!("{{ comment }}")));
    assert_eq!(
        file.section("models").unwrap().to_json(),
        json!({"+schema": "dev", "+pre-hook": "{{ hook }}",
            "shop": {"staging": {"post_hook": ["{{ hook }}"], "limit": 12, "enabled": "<x>"}}})
    );
    assert_eq!(
        file.unrendered_section("models")
            .unwrap()
            .get("+schema")
            .unwrap()
            .as_str(),
        Some("{{ target.name }}")
    );
    assert_eq!(
        file.section("sources").unwrap().to_json(),
        json!({"shop": {"schema": "<y>", "pre-hook": "<z>"}})
    );
}

#[test]
fn tests_are_kept_as_data_tests() {
    let project = Place::new(&[(
        "dbt_project.yml",
        "name: shop\nprofile: shop\ntests: {+severity: warn}\n",
    )])
    .load();
    let file = &project.root().project;
    assert_eq!(
        file.section("data_tests").unwrap().to_json(),
        json!({"+severity": "warn"})
    );
    assert!(file.section("tests").is_some());
}

#[test]
fn all_faults_of_a_project_file_are_reported_together() {
    let place = Place::new(&[(
        "dbt_project.yml",
        "name: my-shop\nprofile: shop\nmodel-paths: models\nmodels: 1\nvars: []\ndispatch: [{macro_namespace: x}]\nseeds: {+schema: '{{ boom }}'}\n",
    )]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn unknown_keys_are_refused_with_what_was_meant() {
    let place = Place::new(&[(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodel_paths: [m]\nmodls: {}\nname: shop\nsource-paths: [a]\n",
    )]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn older_keys_are_read_with_a_warning() {
    let place = Place::new(&[(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nsource-paths: [a]\n",
    )]);
    let project = place.load();
    assert_eq!(project.root().project.model_paths, ["a"]);
    assert_eq!(project.warnings.len(), 1);
}

#[test]
fn a_missing_name_is_an_error() {
    let place = Place::new(&[("dbt_project.yml", "profile: shop\n")]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn a_project_is_found_from_a_folder_below_it() {
    let place = Place::new(&[("models/a/b.sql", "select 1")]);
    let mut invocation = place.invocation();
    invocation.cwd = place.root().join("models/a");
    let options = LoadOptions {
        profiles_dir: Some(place.root().to_path_buf()),
        ..LoadOptions::default()
    };
    let project = load(&options, &invocation, &Fake, &|_, _| Ok(())).unwrap();
    assert_eq!(project.root_dir, place.root());
}

#[test]
fn no_project_says_where_it_was_looked_for() {
    let place = Place::new(&[]);
    fs::remove_file(place.root().join("dbt_project.yml")).unwrap();
    insta::assert_snapshot!(place.faults());
}

#[test]
fn paths_of_the_command_line_are_taken_from_the_project() {
    let options = LoadOptions {
        target_path: Some("out".into()),
        ..LoadOptions::default()
    };
    let place = Place::new(&[]);
    let project = place.load_with(&options).unwrap();
    assert_eq!(project.target_path, project.root_dir.join("out"));
}

#[test]
fn selectors_are_read_and_rendered() {
    let place = Place::new(&[(
        "selectors.yml",
        "selectors:\n- name: a\n  definition: '{{ b }}'\n",
    )]);
    let selectors = place.load().selectors.unwrap();
    let first = &selectors
        .document
        .root
        .get("selectors")
        .unwrap()
        .as_seq()
        .unwrap()[0];
    assert_eq!(first.get("definition").unwrap().as_str(), Some("<b>"));
}

#[test]
fn malformed_selectors_are_refused() {
    let place = Place::new(&[("selectors.yml", "selector: []\n")]);
    insta::assert_snapshot!(place.faults());
}
