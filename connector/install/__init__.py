"""Taking the connector in: what the instance needs, what it has, and the way from one to the other.

blueprint    every column, choice, saved list and report that a configuration wants
survey       which of them are there
difference   the steps between the two, and back; pure
carrying     carries them out
census       what an instance has that a first configuration names
draft        that configuration, as commented text
rights       what the connector's own account must be allowed, from the configuration
update_set   the same pieces as an update set
manual       the page of what is done by hand then
admin        the gateway of whoever installs
"""

from connector.install.admin import open_admin_gateway
from connector.install.blueprint import VALUES, Kind, Piece, blueprint
from connector.install.carrying import Done, carry_out
from connector.install.census import Census, census
from connector.install.difference import Action, Found, Step, to_install, to_remove
from connector.install.draft import Answers, Team, chosen_schedule, draft
from connector.install.manual import manual
from connector.install.rights import ROLE, Right, rights, roles, script
from connector.install.survey import filled, survey
from connector.install.update_set import name_of, update_set, updates

__all__ = [
    "ROLE",
    "VALUES",
    "Action",
    "Answers",
    "Census",
    "Done",
    "Found",
    "Kind",
    "Piece",
    "Right",
    "Step",
    "Team",
    "blueprint",
    "carry_out",
    "census",
    "chosen_schedule",
    "draft",
    "filled",
    "manual",
    "name_of",
    "open_admin_gateway",
    "rights",
    "roles",
    "script",
    "survey",
    "to_install",
    "to_remove",
    "update_set",
    "updates",
]
