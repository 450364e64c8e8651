"""Calls every operation of every service with zeep, knowing nothing but their WSDLs.

Prints a line for each call: its name, the esito and the code of the first error, if there is one.
"""

import argparse
import base64
import datetime
import subprocess
import sys
from pathlib import Path

import requests
import zeep
from zeep.transports import Transport

SERVICES = {
    "verify": "ImmuniCallCenterWEB/services/VerificaPositivita",
    "unlock": "ImmuniCallCenterWEB/services/SbloccoCodiceImmuni",
    "confirm": "ImmuniCallCenterWEB/services/ConfermaSbloccoImmuni",
    "report": "TamponiWEB/services/InvioEsecuzioneTest",
    "cancel": "TamponiWEB/services/AnnullamentoEsecuzioneTest",
    "list": "TamponiWEB/services/ElencoTest",
    "otp": "ImmuniAslWEB/services/InvioCodiceOtp",
    "close": "CertEseRedChiusuraWEB/services/ChiusuraCertEseRed",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, help="where the services answer")
    parser.add_argument("--structures", help="where they answer to structures")
    parser.add_argument("--folder", required=True, type=Path, help="the sandbox's folder of certificates")
    parser.add_argument("--day", type=datetime.date.fromisoformat, default=datetime.date.today())
    for name in ["operator", "card", "patient"]:
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--otp", required=True, nargs="+", help="one, and one more for each way to send it")
    return parser.parse_args()


class Caller:
    """Someone with a certificate, or a structure with its credentials."""

    def __init__(self, given, certificate=None, structure=None):
        self.base = given.base
        session = requests.Session()
        session.trust_env = False
        session.verify = str(given.folder / "ca.pem")
        if certificate:
            session.cert = tuple(str(given.folder / f"{certificate}.{kind}") for kind in ["pem", "key"])
            self.fields = {}
        else:
            self.base = given.structures
            session.auth = (structure, (given.folder / "structure.password").read_text().strip())
            self.fields = {"pinCode": pincode(given.folder)}
        self.transport = Transport(session=session, timeout=30, operation_timeout=30)

    def call(self, word, label=None, **fields):
        path = SERVICES[word]
        client = zeep.Client(f"{self.base}/{path}?wsdl", transport=self.transport)
        answer = getattr(client.service, path.rsplit("/", 1)[1])(**self.fields, **fields)
        listed = "errori" in answer and answer["errori"]
        errors = answer["errori"]["errore"] if listed else []
        print(label or word, answer["esito"], *(error["codEsito"] for error in errors))
        return answer


def pincode(folder):
    """The pincode under SanitelCF, PKCS#1 v1.5, in base64."""
    text = (folder / "structure.pincode").read_text().strip()
    command = ["openssl", "pkeyutl", "-encrypt", "-certin", "-pkeyopt", "rsa_padding_mode:pkcs1", "-inkey"]
    sealed = subprocess.run([*command, str(folder / "sanitelcf.pem")], input=text.encode(), stdout=subprocess.PIPE, check=True)
    return base64.b64encode(sealed.stdout).decode()


def call_center(given, cun, otp):
    caller = Caller(given, certificate="client")
    caller.fields = {"cfOperatore": given.operator, "tipoAutenticazione": "2F"}
    verified = caller.call("verify", numTesseraSanitaria=given.card, cun=cun)
    identifier = verified["idVerificaTampone"]
    caller.call("unlock", codiceOtp=otp, dataInizioSintomi=verified["dataPrelievo"], idVerificaTampone=identifier)
    options = {"opzione": [{"chiave": "idCaso", "valore": "42"}]}
    caller.call("confirm", idTipoComunicazione="C", idVerificaTampone=identifier, cun=cun, opzioni=options)
    caller.call("confirm", "again", idTipoComunicazione="C", cun=cun)


def reporter(given, caller, site, otp, operator):
    """Reports two tests, cancels one, lists the other, sends an OTP; the CUN of the test that stands."""
    test = {"cfAssistito": given.patient, "tipologiaTest": "M"}
    report = {**site, **test, "dataPrelievo": given.day, "esitoTest": "P", "contattoEmail": "a@example.org"}
    kept = caller.call("report", **report)["idTransazione"]
    cancelled = caller.call("report", **report)["idTransazione"]
    caller.call("cancel", **site, **test, idTransazione=cancelled)
    days = {"dataInizio": given.day, "dataFine": given.day}
    listed = caller.call("list", **site, **days, tipologiaTest="M", identificativoUtente=given.operator)
    if [test["identificativoTest"] for test in listed["listaTest"]["test"]] != [kept]:
        sys.exit("the list is not what was reported")
    return kept, lambda: caller.call("otp", codiceOtp=otp, cfAssistito=given.patient, **operator)


def main():
    given = arguments()
    region = Caller(given, certificate="region")
    region.fields = {"tipoAutenticazione": "SPID"}
    first, *others = given.otp
    site = {"descrizioneStruttura": "Drive-in Area Nord"}
    cun, send_otp = reporter(given, region, site, others[0], {"cfOperatore": given.operator})
    call_center(given, cun, first)
    send_otp()
    if given.structures:
        structure = Caller(given, structure="STRUTTURA1")
        site = {"identificativoStruttura": {"codRegione": "190", "codAsl": "201", "codSsa": "123456"}}
        _, send_otp = reporter(given, structure, site, others[1], {})
        send_otp()
    body = Caller(given, certificate="body")
    closure = {"codiceEsenzione": "E02", "dataInizioValid": "01/04/2022", "assistito": "VRDLGU75B02F205A"}
    body.call("close", UserId="ASL201-OPER01", UtenteToken="TOKEN", **closure)
    body.call("close", "again", UserId="ASL201-OPER01", **closure)


if __name__ == "__main__":
    main()
