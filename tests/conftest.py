"""What every test shares."""

from __future__ import annotations

import os

os.environ["ENVIRONMENT"] = "test"
