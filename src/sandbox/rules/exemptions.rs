//! The rules of the closure of exemptions, D1 to D5, with the document's own codes and texts (seed 000, 2).

use jiff::civil::Date;

use super::{
    super::{
        party::Party,
        soap::{Fields, Request},
    },
    Refusal, Scene,
};

macro_rules! codes {
    ($($name:ident = $code:literal $text:literal;)+) => {
        $(pub(in super::super) const $name: Refusal = Refusal { code: $code, text: $text };)+
    };
}

// "ASSISITITO" is the document's.
codes! {
    SYSTEM = "7450" "ERRORE DI SISTEMA";
    DONE = "7499" "ELABORAZIONE CORRETTAMENTE EFFETTUATA";
}
codes! {
    NO_USER = "7460" "IL CAMPO USERID E' ASSENTE";
    NO_EXEMPTION = "7461" "IL CAMPO CODICE ESENZIONE E' ASSENTE";
    NO_TOKEN = "7462" "IL CAMPO UTENTE TOKEN E' ASSENTE";
    NO_PATIENT = "7463" "IL CAMPO ASSISITITO E' ASSENTE";
    WRONG_TOKEN = "7464" "IL CAMPO UTENTE TOKEN E' FORMALMENTE ERRATO";
    NO_DATE = "7465" "IL CAMPO DATA E' ASSENTE";
    WRONG_DATE = "7466" "IL CAMPO DATA E' FORMALMENTE ERRATO";
    NOT_FOUND = "7470" "CERTIFICAZIONE DA CHIUDERE NON TROVATA";
    UNKNOWN_USER = "7485" "UTENTE NON RICONOSCIUTO";
    NOT_AUTHORISED = "7486" "UTENTE NON AUTORIZZATO";
    OTHER_REGION = "7487" "REGIONE UTENTE DIVERSA DA CERTIFICATO";
    OTHER_AUTHORITY = "7488" "ASL UTENTE DIVERSA DA CERTIFICATO";
}

/// The longest token; the document does not say what one looks like.
const MOST_TOKEN: usize = 256;
const DAY: &str = "%d/%m/%Y";

/// Chiusura di una certificazione, in the order of its codes.
pub(in super::super) fn close(scene: &mut Scene<'_>, request: &Request) -> Result<Fields, Refusal> {
    let filled = |name| request.get(name).filter(|text| !text.is_empty());
    let user = filled("UserId").ok_or(NO_USER)?;
    let code = filled("codiceEsenzione").ok_or(NO_EXEMPTION)?;
    check_token(request.get("UtenteToken"), scene.profile.token_required)?;
    let patient = filled("assistito").ok_or(NO_PATIENT)?;
    let from = day(filled("dataInizioValid").ok_or(NO_DATE)?).ok_or(WRONG_DATE)?;
    let user = scene.certifications.users.get(user).ok_or(UNKNOWN_USER)?;
    if !user.is_authorised {
        return Err(NOT_AUTHORISED);
    }
    let Party::Body { region, authority } = scene.party else { return Err(SYSTEM) };
    if user.region != *region {
        return Err(OTHER_REGION);
    }
    if user.authority != *authority {
        return Err(OTHER_AUTHORITY);
    }
    let today = scene.clock.today();
    let old_end = scene.certifications.close(code, from, patient, today).map_err(|_| NOT_FOUND)?;
    let shown = |day: Date| day.strftime(DAY).to_string().into();
    Ok(vec![("datAggRec", shown(today)), ("datFinValOld", shown(old_end))])
}

fn check_token(token: Option<&str>, is_required: bool) -> Result<(), Refusal> {
    match token {
        None if is_required => Err(NO_TOKEN),
        None => Ok(()),
        Some(token) if (1..=MOST_TOKEN).contains(&token.len()) && token.bytes().all(|it| it.is_ascii_graphic()) => {
            Ok(())
        }
        Some(_) => Err(WRONG_TOKEN),
    }
}

/// gg/mm/aaaa, a day of the calendar.
fn day(text: &str) -> Option<Date> {
    let day = Date::strptime(DAY, text).ok()?;
    (day.strftime(DAY).to_string() == text).then_some(day)
}
