"""WACZ files: whole ones are read, damaged parts reported, what cannot be trusted is refused."""

import base64
import hashlib
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scraper.errors import ArchiveRefused
from scraper.store import wacz_signature
from scraper.store.archives import Capture, captures
from scraper.store.warc_reader import Damage
from tests.unit.store.test_archives import member

WARC = "archive/one.warc.gz"


def pack(
    path: Path,
    files: dict[str, bytes],
    *,
    pages: tuple[str, ...] = (),
    signed: dict[str, Any] | None = None,
) -> Path:
    """A WACZ of these files, all listed, with a digest."""
    lines = [{"format": "json-pages-1.0"}, *({"url": url} for url in pages)]
    files = files | {"pages/pages.jsonl": "\n".join(map(json.dumps, lines)).encode()}
    resources = [
        {"path": name, "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "bytes": len(data)}
        for name, data in files.items()
    ]
    package = json.dumps({"profile": "data-package", "resources": resources}).encode()
    digest: dict[str, Any] = {"path": "datapackage.json", "hash": hash_of(package)}
    if signed is not None:
        digest |= {"signedData": signed | {"hash": hash_of(package)}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("datapackage.json", package)
        archive.writestr("datapackage-digest.json", json.dumps(digest))
    return path


def hash_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def urls(path: Path) -> list[str]:
    return [item.url for item in captures(path) if isinstance(item, Capture)]


def test_the_pages_it_lists(tmp_path: Path) -> None:
    files = {WARC: member(1) + member(2) + member(3)}
    listed = pack(tmp_path / "a.wacz", files, pages=("https://a.test/2#part",))
    assert urls(listed) == ["https://a.test/2"]
    assert len(urls(pack(tmp_path / "b.wacz", files))) == 3


def test_a_damaged_part_is_reported_and_read_as_far_as_it_goes(tmp_path: Path) -> None:
    second = member(2)
    path = pack(tmp_path / "a.wacz", {WARC: member(1) + second})
    data = path.read_bytes()
    at = data.index(second[-60:-50])
    path.write_bytes(data[:at] + b"\xff" * 4 + data[at + 4 :])
    items = list(captures(path))
    assert [item.url for item in items if isinstance(item, Capture)] == ["https://a.test/1"]
    assert "hash" in next(item.problem for item in items if isinstance(item, Damage))


@pytest.mark.parametrize("missing", ["datapackage.json", WARC])
def test_what_lacks_a_part_is_refused(tmp_path: Path, missing: str) -> None:
    path = pack(tmp_path / "a.wacz", {WARC: member(1)})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.wacz", "w") as new:
        for name in old.namelist():
            if name != missing:
                new.writestr(name, old.read(name))
    with pytest.raises(ArchiveRefused, match=missing):
        list(captures(tmp_path / "b.wacz"))


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    path.write_bytes(b"PK no zip")
    with pytest.raises(ArchiveRefused, match="no ZIP"):
        list(captures(path))


def test_a_changed_list_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.wacz", {WARC: member(1)})
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "b.wacz", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data + b" " if name == "datapackage.json" else data)
    with pytest.raises(ArchiveRefused, match="was changed"):
        list(captures(tmp_path / "b.wacz"))


# -- signatures

KEY = ec.generate_private_key(ec.SECP256R1())
DIGEST = hash_of(b"some package")


def by_key(key: ec.EllipticCurvePrivateKey, digest: str = DIGEST) -> dict[str, Any]:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signature = key.sign(digest.encode(), ec.ECDSA(hashes.SHA256()))
    return {
        "hash": digest,
        "signature": base64.b64encode(signature).decode(),
        "publicKey": base64.b64encode(public).decode(),
    }


def test_a_key_of_its_own_signs() -> None:
    assert wacz_signature.check_signature(by_key(KEY), DIGEST) is None
    other = ec.generate_private_key(ec.SECP256R1())
    assert wacz_signature.check_signature(by_key(other), DIGEST) == "its signature is wrong"
    assert "another package" in str(wacz_signature.check_signature(by_key(KEY), hash_of(b"")))
    assert "not readable" in str(wacz_signature.check_signature({"hash": DIGEST}, DIGEST))


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: ec.EllipticCurvePrivateKey,
    root: x509.Certificate | None = None,
) -> x509.Certificate:
    """Of the domain `name`, valid for a month; without a `root`, that of the issuer itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(root.subject if root else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=root is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=root is not None,
                key_cert_sign=root is None,
                crl_sign=root is None,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if root:
        from_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(from_issuer, critical=False)
        builder = builder.add_extension(names, critical=False)
        builder = builder.add_extension(usage, critical=False)
    else:
        builder = builder.add_extension(identifier, critical=False)
    return builder.sign(issuer, hashes.SHA256())


def test_a_domain_signs_while_its_certificate_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    authority, key = ec.generate_private_key(ec.SECP256R1()), KEY
    root = certificate("Some authority", authority, authority)
    leaf = certificate("archive.test", key, authority, root)
    now = datetime.now(UTC)
    signed = by_key(key) | {
        "domain": "archive.test",
        "domainCert": leaf.public_bytes(serialization.Encoding.PEM).decode(),
        "created": now.isoformat(),
    }
    del signed["publicKey"]
    assert "not a trusted one" in str(wacz_signature.check_signature(signed, DIGEST))
    monkeypatch.setattr(wacz_signature, "_roots", lambda: [root])
    assert wacz_signature.check_signature(signed, DIGEST) is None
    before = {"created": (now - timedelta(days=90_000)).isoformat()}
    assert "not a trusted one" in str(wacz_signature.check_signature(signed | before, DIGEST))


def test_a_wrong_signature_refuses_the_file(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.wacz", {WARC: member(1)}, signed=by_key(KEY))
    with pytest.raises(ArchiveRefused, match="signature is wrong"):
        list(captures(path))
