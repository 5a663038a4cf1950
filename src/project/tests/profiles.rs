//! `profiles.yml`: where it is found and what is chosen of it.

use super::*;

fn target(place: &Place, options: &LoadOptions) -> Profile {
    place.load_with(options).unwrap().profile.unwrap()
}

#[test]
fn the_target_is_chosen_and_only_it_is_rendered() {
    let place = Place::new(&[(
        "profiles.yml",
        "shop:\n  target: '{{ t }}'\n  outputs:\n    <t>: {type: duckdb, path: '{{ p }}', password: x, threads: '{{ 3 }}'}\n    other: {type: duckdb, path: '{{ boom }}'}\n",
    )]);
    let profile = target(&place, &LoadOptions::default());
    assert_eq!((profile.target_name.as_str(), profile.threads), ("<t>", 3));
    assert_eq!(
        profile.output.to_json(),
        json!({"type": "duckdb", "path": "<p>", "password": "x"})
    );
    assert_eq!(
        profile.target_json(),
        json!({"type": "duckdb", "path": "<p>", "name": "<t>", "target_name": "<t>", "profile_name": "shop", "threads": 3})
    );
}

#[test]
fn the_command_line_wins() {
    let place = Place::new(&[(
        "profiles.yml",
        "a: {outputs: {x: {type: duckdb}, default: {type: duckdb}}}\nshop: {outputs: {}}\n",
    )]);
    let mut options = LoadOptions {
        profile: Some("a".into()),
        threads: Some(7),
        ..LoadOptions::default()
    };
    let profile = target(&place, &options);
    assert_eq!((profile.target_name.as_str(), profile.threads), ("default", 7));
    options.target = Some("x".into());
    options.threads = None;
    let profile = target(&place, &options);
    assert_eq!((profile.target_name.as_str(), profile.threads), ("x", 1));
}

#[test]
fn the_search_goes_from_the_flag_to_the_home() {
    let place = Place::new(&[
        ("p/profiles.yml", PROFILES),
        ("home/.dbt/profiles.yml", PROFILES),
        ("w/x", ""),
    ]);
    let mut invocation = place.invocation();
    let find = |given: Option<&str>, invocation: &Invocation| {
        find_profiles(given.map(Path::new), Path::new("/none"), invocation)
            .map(|dir| dir.strip_prefix(place.root()).unwrap().display().to_string())
            .map_err(|e| e.notes().len())
    };
    assert_eq!(find(None, &invocation), Ok(String::new()));
    assert_eq!(find(Some("p"), &invocation), Ok("p".into()));
    invocation.cwd = place.root().join("w");
    assert_eq!(find(None, &invocation), Err(2));
    invocation.home = Some(place.root().join("home"));
    assert_eq!(find(None, &invocation), Ok("home/.dbt".into()));
    assert_eq!(find(Some("p"), &invocation), Err(1));
    invocation.env.insert("DBT_PROFILES_DIR".into(), "../p".into());
    assert_eq!(find(None, &invocation).map(|d| d.ends_with('p')), Ok(true));
}

#[test]
fn faults_of_profiles_say_what_there_is() {
    let faults = |text: &str| {
        let place = Place::new(&[("profiles.yml", text)]);
        place.faults()
    };
    let all = [
        faults("shopp: {outputs: {dev: {type: duckdb}}}\n"),
        faults("shop: {outputs: {dev: {type: duckdb}}}\n"),
        faults("shop:\n  target: dve\n  outputs:\n    dev: {type: duckdb}\n    prod: {type: duckdb}\n"),
        faults("shop: {outputs: {default: {path: x}}}\n"),
        faults("shop: {outputs: {default: {type: duckdb, threads: many}}}\n"),
        faults("shop: {target: dev}\n"),
        faults(""),
        faults("- a\n"),
        faults("shop: {outputs: {default: {type: duckdb, path: '{{ boom }}', schema: '{{ boom }}'}}}\n"),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_project_without_a_profile_says_how_to_name_one() {
    let place = Place::new(&[("dbt_project.yml", "name: shop\n")]);
    insta::assert_snapshot!(place.faults());
}

#[test]
fn commands_without_a_profile_need_none() {
    let place = Place::new(&[("profiles.yml", "{")]);
    let options = LoadOptions {
        without_profile: true,
        ..LoadOptions::default()
    };
    assert!(place.load_with(&options).unwrap().profile.is_none());
}
