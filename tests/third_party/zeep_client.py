"""Calls the three services of the call center with zeep, knowing nothing but their WSDLs.

Prints a line for each call: its name, the esito and the code of the first error, if there is one.
"""

import argparse

import requests
import zeep
from zeep.transports import Transport

SERVICES = {
    "verify": "VerificaPositivita",
    "unlock": "SbloccoCodiceImmuni",
    "confirm": "ConfermaSbloccoImmuni",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["base", "ca", "certificate", "key", "operator", "card", "cun", "otp"]:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def main():
    given = arguments()
    session = requests.Session()
    session.trust_env = False
    session.verify = given.ca
    session.cert = (given.certificate, given.key)
    transport = Transport(session=session, timeout=30, operation_timeout=30)

    def call(word, label=None, **fields):
        name = SERVICES[word]
        client = zeep.Client(f"{given.base}/ImmuniCallCenterWEB/services/{name}?wsdl", transport=transport)
        answer = getattr(client.service, name)(cfOperatore=given.operator, tipoAutenticazione="2F", **fields)
        errors = answer["errori"]["errore"] if answer["errori"] else []
        print(label or word, answer["esito"], *(error["codEsito"] for error in errors))
        return answer

    verified = call("verify", numTesseraSanitaria=given.card, cun=given.cun)
    identifier = verified["idVerificaTampone"]
    call("unlock", codiceOtp=given.otp, dataInizioSintomi=verified["dataPrelievo"], idVerificaTampone=identifier)
    options = {"opzione": [{"chiave": "idCaso", "valore": "42"}]}
    call("confirm", idTipoComunicazione="C", idVerificaTampone=identifier, cun=given.cun, opzioni=options)
    call("confirm", "again", idTipoComunicazione="C", cun=given.cun)


if __name__ == "__main__":
    main()
