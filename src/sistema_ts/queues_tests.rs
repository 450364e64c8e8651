use super::*;

fn structure() -> SwabSettings {
    SwabSettings {
        mode: Mode::Structure,
        base_url: Some("https://ts.example.it".into()),
        ca_file: Some("ca.pem".into()),
        user: Some("S1".into()),
        password_file: Some("password".into()),
        pincode_file: Some("pincode".into()),
        pincode_certificate_file: Some("sanitelcf.pem".into()),
        structure: Some("190-201-123456".into()),
        ..SwabSettings::default()
    }
}

#[test]
fn a_section_that_says_nothing_names_no_upstream() {
    assert!(SwabSettings::default().names_no_upstream());
    let blank = AslSettings { base_url: Some(" ".into()), ca_file: Some("".into()), ..AslSettings::default() };
    assert!(blank.names_no_upstream());
    let half = ExemptionSettings { key_file: Some("body.key".into()), ..ExemptionSettings::default() };
    assert!(!half.names_no_upstream());
    let error = half.over(&Settings::default()).expect_err("half");
    assert_eq!((error.section, error.key), ("exemptions", "base_url"));
}

#[test]
fn each_mode_says_what_it_lacks_with_an_example() {
    let common = Settings::default();
    assert!(structure().over(&common).is_ok_and(|settings| settings.credentials.is_some()));
    let lacks = |change: fn(&mut SwabSettings)| {
        let mut settings = structure();
        change(&mut settings);
        let error = settings.over(&common).and_then(|_| settings.structure()).expect_err("lacking");
        assert!(error.to_string().starts_with(&format!("swabs.{}: ", error.key)) && !error.example.is_empty());
        error.key
    };
    assert_eq!(lacks(|settings| settings.user = None), "user");
    assert_eq!(lacks(|settings| settings.user = Some("a:b".into())), "user");
    assert_eq!(lacks(|settings| settings.password_file = None), "password_file");
    assert_eq!(lacks(|settings| settings.pincode_file = Some("".into())), "pincode_file");
    assert_eq!(lacks(|settings| settings.pincode_certificate_file = None), "pincode_certificate_file");
    assert_eq!(lacks(|settings| settings.structure = None), "structure");
    assert_eq!(lacks(|settings| settings.structure = Some("190".into())), "structure");
    assert_eq!(lacks(|settings| settings.ca_file = None), "ca_file");
    assert_eq!(lacks(|settings| settings.mode = Mode::Region), "certificate_file");
}

#[test]
fn all_that_is_wrong_with_a_section_is_told_at_once() {
    let keys = |problems: Vec<SettingsError>| problems.iter().map(|problem| problem.key).collect::<Vec<_>>();
    assert_eq!(keys(structure().problems()), [""; 0]);
    assert_eq!(keys(SwabSettings::default().problems()), [""; 0]);
    let swabs = SwabSettings {
        base_url: Some("http://ts.example.it".into()),
        ca_file: None,
        user: Some("a:b".into()),
        pincode_file: None,
        structure: Some("190".into()),
        report_path: Some("reports".into()),
        most_answer_bytes: Some(0),
        ..structure()
    };
    let wanted = ["user", "ca_file", "pincode_file", "report_path", "base_url", "structure", "most_answer_bytes"];
    assert_eq!(keys(swabs.problems()), wanted);
    let asl = AslSettings { mode: Mode::Structure, user: Some("S1".into()), ..AslSettings::default() };
    let wanted = ["base_url", "ca_file", "password_file", "pincode_file", "pincode_certificate_file"];
    assert_eq!(keys(asl.problems()), wanted);
    let exemptions = ExemptionSettings { close_path: Some("x".into()), ..ExemptionSettings::default() };
    assert_eq!(keys(exemptions.problems()), ["close_path"], "also where the sandbox is called");
}

#[test]
fn the_rest_is_the_call_centers() {
    let common = Settings { deadline_ms: 9_000, proxy: Some("http://proxy:3128".into()), ..Settings::default() };
    let settings = structure().over(&common).expect("whole");
    assert_eq!((settings.deadline_ms, settings.proxy), (9_000, common.proxy));
    assert_eq!((settings.section, settings.base_url.as_str()), ("swabs", "https://ts.example.it"));
}
