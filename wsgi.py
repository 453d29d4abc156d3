"""What gunicorn serves: ``gunicorn wsgi:app``."""

from tierscore.api import create_app

app = create_app()
