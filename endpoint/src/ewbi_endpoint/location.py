# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distances on the Earth."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

# Mean radius R1 of the WGS 84 ellipsoid (Moritz, Geodetic Reference System 1980: (2a + b) / 3).
EARTH_RADIUS_KM = 6371.0088


def distance_km(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """The great-circle distance of two places in kilometres (haversine); coordinates in degrees."""
    phi_a, phi_b = radians(latitude_a), radians(latitude_b)
    half_phi = sin((phi_b - phi_a) / 2) ** 2
    half_lambda = sin(radians(longitude_b - longitude_a) / 2) ** 2
    # Rounding may lift antipodes a hair above 1, where asin ends.
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, half_phi + cos(phi_a) * cos(phi_b) * half_lambda)))
