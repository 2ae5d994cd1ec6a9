"""The provider by which people may sign in, as the settings say."""

from __future__ import annotations

from importlib.util import find_spec

from bot.auth.oidc import GroupRules, OidcMissing, Provider, ProviderSettings
from bot.auth.users import Role
from bot.config import Config


def provider_of(config: Config) -> Provider | None:
    """None where none is named. Nothing is asked of it yet. Raises SettingInvalid, OidcMissing."""
    if not config.oidc_issuer:
        return None
    if not find_spec("authlib"):
        raise OidcMissing
    groups = (
        *((group, Role.READER) for group in _listed(config.oidc_readers)),
        *((group, Role.EDITOR) for group in _listed(config.oidc_editors)),
        *((group, Role.ADMIN) for group in _listed(config.oidc_admins)),
    )
    default = Role(config.oidc_default_role) if config.oidc_default_role else None
    domains = tuple(each.casefold() for each in _listed(config.oidc_domains))
    settings = ProviderSettings(
        config.oidc_issuer,
        config.oidc_client_id,
        GroupRules(groups, default, domains, config.oidc_role_claim),
        config.oidc_client_secret,
        config.oidc_name,
        config.oidc_scopes,
        config.oidc_audience or config.mcp_url,
        config.public_url,
    )
    return Provider(settings)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.split(",") if each.strip())
