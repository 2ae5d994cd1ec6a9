"""Tokens: whether the provider signed them, for us, and for now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from bot.auth.oidc.errors import ProviderTokenRefused

if TYPE_CHECKING:
    from joserfc.jwk import Key, KeySet
    from joserfc.jwt import Token

# With a key that is public: neither `none`, nor one by which whoever reads the key could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = 60  # seconds by which two clocks may differ
LONGEST = 16 * 1024  # characters

Keys = Callable[[bool], "KeySet"]  # whether they are to be fetched anew -> the provider's keys


def key_set(found: Mapping[str, Any]) -> KeySet:
    """The keys of a JWKS by which something can be checked. Others are left out."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry, KeySet

    keys: list[Key] = []
    listed = found.get("keys")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict) and each.get("kty") != "oct" and each.get("use", "sig") == "sig":
            with suppress(JoseError, ValueError, TypeError, KeyError):
                keys.append(JWKRegistry.import_key(each))
    return KeySet(keys)


def identity(
    token: str, keys: Keys, issuer: str, client_id: str, nonce: str, access_token: str | None
) -> dict[str, Any]:
    """The claims of an ID token. Raises TokenRefused."""
    from authlib.oidc.core import CodeIDToken

    with _refused():
        read = _read(token, keys)
        expected = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
        said = {"nonce": nonce, "client_id": client_id, "access_token": access_token}
        claims = CodeIDToken(read.claims, read.header, expected, said)
        claims.validate(leeway=LEEWAY)
        return dict(claims)


def access(token: str, keys: Keys, issuer: str, audience: str) -> dict[str, Any]:
    """The claims of an access token that is a JWT (RFC 9068). Raises TokenRefused."""
    from joserfc.jwt import JWTClaimsRegistry

    with _refused():
        read = _read(token, keys)
        JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        ).validate(read.claims)
        return read.claims


def _read(token: str, keys: Keys) -> Token:
    """A token whose signature is the provider's. Where its key is not known, the keys are fetched anew, once."""
    from joserfc import jws, jwt
    from joserfc.errors import InvalidKeyIdError

    if len(token) > LONGEST or not token.isascii():
        raise ProviderTokenRefused("it is none")
    registry = jws.JWSRegistry(
        algorithms=list(ALGORITHMS), strict_check_header=False
    )  # providers add names of their own
    header = jws.extract_compact(token.encode(), registry=registry).headers()
    if header.get("alg") not in ALGORITHMS:
        raise ProviderTokenRefused("it is not signed with a key that can be checked")
    kid = header.get("kid")
    try:
        key = keys(False).get_by_kid(kid)
    except InvalidKeyIdError:
        key = keys(True).get_by_kid(kid)
    return jwt.decode(token, key, registry=registry)


@contextmanager
def _refused() -> Iterator[None]:
    """Raises what a library finds wrong with a token as our error."""
    from joserfc.errors import JoseError

    try:
        yield
    except JoseError as error:
        raise ProviderTokenRefused(f"{error.error.replace('_', ' ')}{_of(error)}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProviderTokenRefused("it cannot be read") from error


def _of(error: Exception) -> str:
    claim = getattr(error, "claim", None)
    return f" ({claim})" if claim else ""
