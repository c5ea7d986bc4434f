# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all kinds of objects behind an EWBI endpoint share: options of the connection and how to open it."""

from __future__ import annotations

from contextlib import AbstractContextManager

from ansible_collections.operator_platform.federation.plugins.module_utils import options
from ansible_collections.operator_platform.federation.plugins.module_utils.ewbi.session import EwbiSession, open_session
from ansible_collections.operator_platform.federation.plugins.module_utils.resource import (
    Context,
    InfoResource,
    Resource,
)


class EwbiResource(Resource):
    connection_options = options.EWBI

    def open(self, context: Context) -> AbstractContextManager[EwbiSession]:
        return open_session(context.params, context.deadline, context.concurrency, context.report)


class EwbiInfoResource(InfoResource):
    connection_options = options.EWBI

    def open(self, context: Context) -> AbstractContextManager[EwbiSession]:
        return open_session(context.params, context.deadline, context.concurrency, context.report)
