//! The requests at the desks of the queues that have no cases, by service and outcome.

use leptos::prelude::*;

use crate::{
    components::{
        chart::{Bars, Plot, Series, Unit},
        table::{Column, DataTable, Row},
    },
    domain::service::{OutcomeClass, Service},
    server::language::Language,
    storage::statistics::Requests,
};

/// In the order of the columns.
const CLASSES: [OutcomeClass; 4] =
    [OutcomeClass::Done, OutcomeClass::Refused, OutcomeClass::Uncertain, OutcomeClass::NotSent];

/// Queue, service and the number of each class, for each service that was called.
fn lines(requests: &[Requests], language: Language) -> Vec<(String, String, [i64; 4])> {
    let line = |service: &Service| {
        let number = |class| {
            let of_class = requests.iter().filter(|it| it.service == *service && it.class == class);
            of_class.map(|it| it.number).sum::<i64>()
        };
        let queue = language.text(&format!("operators.queue_{}", service.queue().word()));
        let numbers = CLASSES.map(number);
        (queue, language.text(&format!("statistics.service_{}", service.word())), numbers)
    };
    Service::ALL.iter().map(line).filter(|(.., numbers)| numbers.iter().sum::<i64>() > 0).collect()
}

/// The heads of the columns.
fn heads(language: Language) -> Vec<String> {
    let classes = CLASSES.map(|class| format!("class_{}", class.word()));
    let keys = ["by_queue", "service"].into_iter().map(str::to_owned).chain(classes);
    keys.map(|key| language.text(&format!("statistics.{key}"))).collect()
}

/// The same below the numbers of the cases, for a spreadsheet; nothing where nothing was asked.
pub fn rows(requests: &[Requests], language: Language) -> Vec<Vec<String>> {
    let lines = lines(requests, language);
    if lines.is_empty() {
        return Vec::new();
    }
    let cells = |(queue, service, numbers): (String, String, [i64; 4])| {
        [queue, service].into_iter().chain(numbers.map(|number| number.to_string())).collect()
    };
    [vec![String::new()], heads(language)].into_iter().chain(lines.into_iter().map(cells)).collect()
}

/// The picture and its table, where anything was asked.
#[component]
pub fn OtherDesks(
    /// What was asked.
    requests: Vec<Requests>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let lines = lines(&requests, language);
    if lines.is_empty() {
        return ().into_any();
    }
    let text = move |key: &str| language.text(&format!("statistics.{key}"));
    let all = lines.iter().map(|(.., numbers)| Some(numbers.iter().sum())).collect();
    let plot = Plot {
        id: "requests",
        title: text("picture_requests"),
        labels: lines.iter().map(|(_, service, _)| service.clone()).collect(),
        series: vec![Series { name: text("requests_number"), values: all }],
        unit: Unit::Count,
    };
    let mut heads = heads(language).into_iter();
    let names = heads.by_ref().take(2).map(Column::text).collect::<Vec<_>>();
    let columns = names.into_iter().chain(heads.map(Column::number)).collect();
    let row = |(queue, service, numbers): (String, String, [i64; 4])| {
        let cells = [queue, service].into_iter().chain(numbers.map(|number| number.to_string()));
        Row { href: None, cells: cells.map(IntoAny::into_any).collect() }
    };
    let rows = lines.into_iter().map(row).collect();
    view! {
        <section class="statistics-part" aria-labelledby="requests-title">
            <h2 id="requests-title">{text("requests")}</h2>
            <p>{text("requests_meaning")}</p>
            <div class="statistics-pair">
                <div><Bars plot language /></div>
                <DataTable caption=text("requests") columns rows empty=String::new() />
            </div>
        </section>
    }
    .into_any()
}
