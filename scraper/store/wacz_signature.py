"""The signature of a WACZ file.

The format: <https://specs.webrecorder.net/wacz-auth/0.1.0/>.  Importing this needs the library
`cryptography` (the extra `signatures`).
"""

from __future__ import annotations

import base64
import binascii
import ssl
import warnings
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError


def check_signature(signed: Any, digest: str) -> str | None:
    """What is wrong with `signedData` for a package of this digest; None when it is signed right:
    by the key of a domain whose certificate was trusted at that time, or by a key that stands in
    the file itself, which proves that nothing was changed but not who made it."""
    try:
        if signed["hash"] != digest:
            return "its signature is for another package"
        signature = base64.b64decode(signed["signature"])
        if "publicKey" in signed:
            key = load_der_public_key(base64.b64decode(signed["publicKey"]))
            _verify(key, signature, digest)
            return None
        leaf, *chain = x509.load_pem_x509_certificates(signed["domainCert"].encode())
        _verify(leaf.public_key(), signature, digest)
        moment = datetime.fromisoformat(signed["created"])
        return _distrust(leaf, chain, signed["domain"], moment)
    except InvalidSignature:
        return "its signature is wrong"
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        return f"its signature is not readable ({type(error).__name__})"


def _verify(key: object, signature: bytes, digest: str) -> None:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("a key of another kind")
    key.verify(signature, digest.encode(), ec.ECDSA(hashes.SHA256()))


def _distrust(
    leaf: x509.Certificate, chain: list[x509.Certificate], domain: str, moment: datetime
) -> str | None:
    """Why the certificate was none of the domain's at that time."""
    roots = _roots()
    if not roots:
        return "its signature cannot be checked: this system lists no certificates to trust"
    policy = PolicyBuilder().store(Store(roots)).time(moment)
    try:
        policy.build_server_verifier(x509.DNSName(domain)).verify(leaf, chain)
    except VerificationError:
        return f"the certificate it was signed with was not a trusted one of {domain}"
    return None


def _roots() -> list[x509.Certificate]:
    """Those the system trusts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some old roots are not made as they should be
        return [
            x509.load_der_x509_certificate(root)
            for root in ssl.create_default_context().get_ca_certs(binary_form=True)
        ]
