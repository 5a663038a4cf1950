//! Which files are found, as what, and from which packages.

use super::*;

fn kinds(package: &Package) -> Vec<String> {
    package
        .files
        .iter()
        .map(|f| format!("{:?} {} {} {}", f.kind, f.search_path, f.path, f.file.path()))
        .collect()
}

#[test]
fn files_are_what_their_folder_and_ending_say() {
    let place = Place::new(&[
        ("models/staging/a.sql", "select 1"),
        ("models/a.SQL", "select 1"),
        ("models/staging/_a.yml", "version: 2"),
        ("models/doc.md", "x"),
        ("models/readme.txt", "x"),
        ("models/.hidden/b.sql", "x"),
        ("models/p.py", "x"),
        ("macros/m.sql", "x"),
        ("macros/m.yaml", "version: 2"),
        ("seeds/s.csv", "a,b\n1,2\n"),
        ("snapshots/s.sql", "x"),
        ("analyses/q.sql", "x"),
        ("tests/t.sql", "x"),
        ("tests/generic/g.sql", "x"),
        ("tests/fixtures/f.csv", "x"),
        ("tests/fixtures/f.sql", "x"),
        ("other/x.sql", "x"),
        ("target/x.sql", "x"),
    ]);
    let project = place.load();
    insta::assert_snapshot!(kinds(project.root()).join("\n"));
    let seed = project
        .root()
        .files
        .iter()
        .find(|f| f.kind == ResourceKind::Seed)
        .unwrap();
    assert_eq!(&**seed.file.text(), "");
    assert_eq!(seed.absolute, project.root_dir.join("seeds/s.csv"));
    assert!(project.warnings.is_empty());
}

#[test]
fn ignored_files_stay_out() {
    let place = Place::new(&[
        (
            ".dbtignore",
            "# drafts\n*.draft.sql\n/models/old/\n!models/old/kept.sql\nwip\nmodels/**/deep.sql\nx[0-9].sql\n",
        ),
        ("models/a.draft.sql", ""),
        ("models/b.sql", ""),
        ("models/old/c.sql", ""),
        ("models/old/kept.sql", ""),
        ("models/wip/d.sql", ""),
        ("models/p/q/deep.sql", ""),
        ("models/deep.sql", ""),
        ("models/x1.sql", ""),
        ("models/xa.sql", ""),
    ]);
    let project = place.load();
    let names: Vec<&str> = project.root().files.iter().map(|f| &*f.path).collect();
    assert_eq!(names, ["b.sql", "old/kept.sql", "xa.sql"]);
}

#[test]
fn a_folder_named_twice_gives_its_files_once() {
    let place = Place::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nmodel-paths: [models, models/sub]\n",
        ),
        ("models/sub/a.sql", ""),
    ]);
    let project = place.load();
    assert_eq!(
        project
            .root()
            .files
            .iter()
            .filter(|f| f.kind == ResourceKind::Model)
            .count(),
        1
    );
}

#[test]
fn a_file_that_is_not_utf8_is_an_error_beside_others() {
    let place = Place::new(&[("models/b.sql", "")]);
    fs::write(place.root().join("models/a.sql"), b"select '\xff'").unwrap();
    fs::write(place.root().join("models/c.sql"), b"\xfe").unwrap();
    let found = place.load_with(&LoadOptions::default()).unwrap_err();
    assert_eq!(
        found.0.iter().map(|d| d.code()).collect::<Vec<_>>(),
        [Code::FILE, Code::FILE]
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_does_not_loop() {
    let place = Place::new(&[("models/a.sql", "")]);
    std::os::unix::fs::symlink(place.root().join("models"), place.root().join("models/again")).unwrap();
    assert_eq!(place.load().root().files.len(), 1);
}

#[test]
fn internal_packages_come_from_the_binary() {
    let project = Place::new(&[]).load();
    let names: Vec<&str> = project.packages.iter().map(|p| &*p.name).collect();
    assert_eq!(names, ["shop", "dbt_duckdb", "dbt"]);
    let dbt = project.package("dbt").unwrap();
    assert_eq!(dbt.kind, PackageKind::Internal);
    assert!(
        dbt.files
            .iter()
            .all(|f| f.kind != ResourceKind::Macro || f.original_path.starts_with("macros/"))
    );
    assert!(dbt.files.iter().all(|f| !f.original_path.contains("adapters/")));
    assert!(
        dbt.files
            .iter()
            .any(|f| f.kind == ResourceKind::Macro && f.file.path().starts_with("dbt://macros/"))
    );
}

#[test]
fn the_framework_is_loaded_only_where_it_is_switched_on() {
    let with = "name: shop\nprofile: shop\nvars: {nexus: {}}\n";
    let project = Place::new(&[("dbt_project.yml", with)]).load();
    if builtin_files("nexus")
        .iter()
        .any(|(path, _)| path == "dbt_project.yml")
    {
        let nexus = project.package("nexus").unwrap();
        assert_eq!(nexus.kind, PackageKind::BuiltIn);
        assert!(nexus.files.iter().any(|f| f.kind == ResourceKind::Model));
    }
    let own = Place::new(&[
        ("dbt_project.yml", with),
        ("dbt_packages/nexus/dbt_project.yml", "name: nexus\n"),
    ])
    .load();
    assert_eq!(own.package("nexus").unwrap().kind, PackageKind::Installed);
    assert_eq!(own.packages.iter().filter(|p| &*p.name == "nexus").count(), 1);
}
