//! `packages.yml`: installed by `deps`, found by `load`.

use super::*;

fn with_packages() -> Place {
    Place::new(&[
        (
            "packages.yml",
            "packages:\n  - local: lib/one\n  - local: '{{ two }}'\n",
        ),
        ("lib/one/dbt_project.yml", "name: one\nsource-paths: [models]\n"),
        ("lib/one/packages.yml", "packages: [{local: lib/three}]\n"),
        ("lib/one/models/m.sql", "select 1"),
        ("<two>/dbt_project.yml", "name: two\n"),
        ("lib/three/dbt_project.yml", "name: three\nmacro-paths: [mac]\n"),
        ("lib/three/mac/x.sql", "x"),
    ])
}

fn deps(place: &Place) -> Result<Vec<String>, Diagnostics> {
    let installed = install(
        &LoadOptions::default(),
        &InstallOptions::default(),
        &place.invocation(),
        &Fake,
        &mut |_| {},
        &|_| Ok(()),
    )?;
    Ok(installed
        .into_iter()
        .map(|i| format!("{} from {}", i.name, i.from))
        .collect())
}

#[test]
fn packages_that_are_not_installed_are_asked_for() {
    insta::assert_snapshot!(with_packages().faults());
}

#[test]
fn deps_installs_packages_of_packages_and_load_finds_them() {
    let place = with_packages();
    assert_eq!(
        deps(&place).unwrap(),
        ["one from lib/one", "two from <two>", "three from lib/three"]
    );
    let project = place.load();
    let names: Vec<&str> = project.packages.iter().map(|p| &*p.name).collect();
    assert_eq!(&names[..4], ["shop", "one", "three", "two"]);
    let three = project.package("three").unwrap();
    assert_eq!(&*three.files[0].original_path, "mac/x.sql");
    assert_eq!(&**three.files[0].file.path(), "dbt_packages/three/mac/x.sql");
    assert!(
        project.warnings.is_empty(),
        "what a package's author should know is not said"
    );
    assert_eq!(deps(&place).unwrap().len(), 3, "a second time works as well");
}

#[test]
fn the_lock_file_is_that_of_dbt() {
    let place = with_packages();
    deps(&place).unwrap();
    // Written by dbt-core 1.11 for a project with the same packages.yml, `{{ two }}` giving `<two>`.
    insta::assert_snapshot!(fs::read_to_string(place.root().join("package-lock.yml")).unwrap());
}

#[test]
fn a_package_that_is_no_longer_named_goes_away() {
    let place = with_packages();
    deps(&place).unwrap();
    place.write("packages.yml", "packages: [{local: lib/three}]\n");
    deps(&place).unwrap();
    assert_eq!(
        place
            .load()
            .packages
            .iter()
            .filter(|p| p.kind == PackageKind::Installed)
            .count(),
        1
    );
    assert!(
        place.root().join("lib/one/models/m.sql").is_file(),
        "the package itself stays"
    );
}

#[test]
fn faults_of_packages_are_reported_together() {
    let place = Place::new(&[
        (
            "packages.yml",
            "packages:\n  - package: dbt-labs/dbt_utils\n    version: '1.1'\n  - private: x/y\n  - local: missing\n  - local: same\n  - other: 1\n",
        ),
        ("same/dbt_project.yml", "name: shop\n"),
    ]);
    insta::assert_snapshot!(place.shown(&deps(&place).unwrap_err()));
    assert!(!place.root().join("dbt_packages").exists());
}

#[test]
fn packages_in_both_files_are_refused() {
    let place = Place::new(&[
        ("packages.yml", "packages: []\n"),
        ("dependencies.yml", "packages: []\n"),
    ]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn dependencies_are_not_rendered() {
    let place = Place::new(&[
        (
            "dependencies.yml",
            "projects: []\npackages: [{local: '{{ two }}'}]\n",
        ),
        ("{{ two }}/dbt_project.yml", "name: two\n"),
    ]);
    assert_eq!(deps(&place).unwrap(), ["two from {{ two }}"]);
}

#[test]
fn vars_come_by_package() {
    let place = Place::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nvars: {a: 1, lib: {b: 2}}\n",
        ),
        ("dbt_packages/lib/dbt_project.yml", "name: lib\nvars: {b: 3}\n"),
    ]);
    let vars = place.load().vars_by_package();
    assert_eq!(
        json!(vars),
        json!({"lib": {"b": 3}, "shop": {"a": 1, "lib": {"b": 2}}})
    );
}

#[test]
fn two_packages_of_one_name_are_refused() {
    let place = Place::new(&[
        ("dbt_packages/a/dbt_project.yml", "name: lib\n"),
        ("dbt_packages/b/dbt_project.yml", "name: lib\n"),
        ("dbt_packages/c/models/x.sql", ""),
    ]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn a_package_that_stands_in_the_install_path_is_left_alone() {
    let place = Place::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\npackages-install-path: vendored\n",
        ),
        (
            "packages.yml",
            "packages: [{local: vendored/lib}, {local: vendored/folder}]\n",
        ),
        ("vendored/lib/dbt_project.yml", "name: lib\n"),
        ("vendored/lib/models/a.sql", "select 1"),
        ("vendored/folder/dbt_project.yml", "name: other\n"),
    ]);
    assert_eq!(deps(&place).unwrap().len(), 2);
    assert_eq!(
        fs::read_to_string(place.root().join("vendored/lib/models/a.sql")).unwrap(),
        "select 1"
    );
    let project = place.load();
    let names: Vec<&str> = project.packages.iter().map(|p| &*p.name).collect();
    assert_eq!(&names[..3], ["shop", "lib", "other"]);
}

#[test]
fn a_package_is_not_put_over_the_files_of_another() {
    let place = Place::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\npackages-install-path: vendored\n",
        ),
        (
            "packages.yml",
            "packages: [{local: lib}, {local: vendored/lib}]\n",
        ),
        ("lib/dbt_project.yml", "name: lib\n"),
        ("vendored/lib/dbt_project.yml", "name: other\n"),
    ]);
    insta::assert_snapshot!(place.shown(&deps(&place).unwrap_err()));
    assert!(place.root().join("vendored/lib/dbt_project.yml").is_file());
}

#[test]
fn folders_that_are_no_packages_are_never_removed() {
    let place = Place::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\npackages-install-path: .\n",
        ),
        ("packages.yml", "packages: [{local: lib/models}]\n"),
        ("lib/models/dbt_project.yml", "name: models\n"),
        ("models/a.sql", "select 1"),
    ]);
    assert!(
        deps(&place).unwrap_err().0[0]
            .message()
            .contains("where other files stand")
    );
    assert!(place.root().join("models/a.sql").is_file());
}
