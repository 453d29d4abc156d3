"""The HTTP side: routes, schemas, problem details. It computes nothing; services do."""

from tierscore.api.app import create_app

__all__ = ["create_app"]
