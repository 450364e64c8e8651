//! From a file and the environment to a [`Config`], or to the list of everything that is wrong.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
};

use config::{ConfigError, Environment, File, FileFormat, Source, Value, ValueKind};

use super::{Config, reference};

/// What the names of the environment's variables begin with.
const PREFIX: &str = "CENTRALINO";
/// Stands between the parts of such a name.
const SEPARATOR: &str = "__";
/// The file that is read where none is named.
const DEFAULT_FILE: &str = "centralino.toml";
/// What the library calls the origin of values that come from there.
const ENVIRONMENT: &str = "the environment";
/// Keys whose values may hold a password, so that no message repeats them.
const CONFIDENTIAL: [&str; 3] = ["database.url", "sistema_ts.proxy", "exemptions.user_token"];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, `section.key`.
    pub key: String,
    /// What is wrong with its value.
    pub what: String,
    /// Where the value comes from; none for a value that is missing.
    pub origin: Option<String>,
}

impl Problem {
    /// A problem of a value wherever it comes from.
    #[must_use]
    pub fn new(key: &str, what: impl Into<String>) -> Self {
        Self { key: key.to_owned(), what: what.into(), origin: None }
    }

    fn is_from_environment(&self) -> bool {
        self.origin.as_deref().is_some_and(|origin| origin.starts_with(PREFIX))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, what, origin } = self;
        match origin {
            Some(origin) => write!(f, "{key} (in {origin}): {what}")?,
            None => write!(f, "{key}: {what}")?,
        }
        let Some(example) = reference::example_of(key) else { return Ok(()) };
        if self.is_from_environment() {
            write!(f, "\n    for example: {}={}", variable(key), unquoted(example))
        } else {
            let name = key.rsplit('.').next().unwrap_or(key);
            let section = key.rsplit_once('.').map_or_else(String::new, |(section, _)| format!(", in [{section}]"));
            write!(f, "\n    for example: {name} = {example}{section}")
        }
    }
}

/// Everything that is wrong, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration can't be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

impl Config {
    /// Reads `file` (else `centralino.toml`, if there is one), then `variables`, and checks the whole.
    ///
    /// # Errors
    /// All the problems of all the keys.
    pub fn load(file: Option<&Path>, variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, Problems> {
        let values = merge(file, variables)?;
        let problems: Vec<_> = values.iter().filter_map(|(key, value)| problem_of(key, value)).collect();
        if !problems.is_empty() {
            return Err(Problems(problems));
        }
        let config = deserialise(&values).map_err(|error| Problems(vec![Problem::new("config", text_of(&error))]))?;
        let problems: Vec<_> = config
            .check()
            .into_iter()
            .map(|problem| Problem {
                origin: values.get(&problem.key).map(|value| origin_of(&problem.key, value)),
                ..problem
            })
            .collect();
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }
}

/// Every key that is set, and its value: the environment's over the file's.
fn merge(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<HashMap<String, Value>, Problems> {
    let is_required = file.is_some();
    let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_path_buf);
    let prefix = format!("{PREFIX}{SEPARATOR}");
    let variables = variables.into_iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
    let environment =
        Environment::with_prefix(PREFIX).prefix_separator(SEPARATOR).separator(SEPARATOR).source(Some(variables));
    let source = File::from(path.clone()).format(FileFormat::Toml).required(is_required);
    let tree = config::Config::builder()
        .add_source(source)
        .add_source(environment)
        .build()
        .and_then(|merged| merged.collect())
        .map_err(|error| Problems(vec![Problem::new(&path.display().to_string(), text_of(&error))]))?;
    let mut leaves = HashMap::new();
    collect_leaves("", tree, &mut leaves);
    Ok(leaves)
}

fn collect_leaves(prefix: &str, table: config::Map<String, Value>, leaves: &mut HashMap<String, Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value.kind {
            ValueKind::Table(table) => collect_leaves(&key, table, leaves),
            _ => drop(leaves.insert(key, value)),
        }
    }
}

/// What is wrong with one key alone: it does not exist, or its value is not of its type.
fn problem_of(key: &str, value: &Value) -> Option<Problem> {
    let origin = Some(origin_of(key, value));
    if reference::example_of(key).is_none() {
        let within = reference::keys_within(key);
        if !within.is_empty() {
            let what = format!("that is a section; its keys are: {}", within.join(", "));
            return Some(Problem { key: key.to_owned(), what, origin });
        }
        let beside = reference::keys_beside(key);
        let known = if beside.is_empty() { "no such section".to_owned() } else { beside.join(", ") };
        return Some(Problem {
            key: key.to_owned(),
            what: format!("there is no such key; there are: {known}"),
            origin,
        });
    }
    let alone = HashMap::from([(key.to_owned(), value.clone())]);
    let error = deserialise(&alone).err()?;
    let what = if CONFIDENTIAL.contains(&key) { "the value can't be read".to_owned() } else { text_of(&error) };
    Some(Problem { key: key.to_owned(), what, origin })
}

fn deserialise(values: &HashMap<String, Value>) -> Result<Config, ConfigError> {
    let builder = config::Config::builder();
    values
        .iter()
        .try_fold(builder, |builder, (key, value)| builder.set_override(key, value.clone()))?
        .build()?
        .try_deserialize()
}

/// A value of the file as the environment has it: without quotes, a list as one text with commas.
fn unquoted(example: &str) -> String {
    example.trim_matches(['[', ']']).replace('"', "")
}

/// The message without the key and the origin, which are told apart from it.
fn text_of(error: &ConfigError) -> String {
    match error {
        ConfigError::At { error, .. } => text_of(error),
        ConfigError::Type { unexpected, expected, .. } => format!("found {unexpected}, expected {expected}"),
        ConfigError::FileParse { cause, .. } => cause.to_string(),
        other => other.to_string(),
    }
}

fn origin_of(key: &str, value: &Value) -> String {
    match value.origin() {
        Some(file) if file != ENVIRONMENT => file.to_owned(),
        _ => variable(key),
    }
}

/// The variable of the environment that overrides a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{SEPARATOR}{}", key.replace('.', SEPARATOR).to_ascii_uppercase())
}
