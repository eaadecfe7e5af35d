"""Permissions, roles, and the table that joins them: who_may.toml is policy, this module only reads it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("who_may.toml")


class Role(StrEnum):
    """The roles of the glossary; each is held by a dated row."""

    YOUNG_PERSON = "young_person"
    PARENT_CARER = "parent_carer"
    PEER_MODERATOR = "peer_moderator"
    PEER_FACILITATOR = "peer_facilitator"
    CLINICIAN = "clinician"
    CO_ORDINATOR = "co_ordinator"
    SERVICE_MANAGER = "service_manager"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    GROUP_ADMINISTRATOR = "group_administrator"
    EDITOR = "editor"
    YOUNG_EDITOR = "young_editor"
    PARTNER = "partner"


class Scope(StrEnum):
    """Where a right is asked: in the target's group, in the whole service, anywhere, or of one's own things."""

    GROUP = "group"
    SERVICE = "service"
    ANYWHERE = "anywhere"  # by a role held in the service or in any group: what concerns no group
    OWN = "own"


class Reach(StrEnum):
    """How far a role's right goes: always, on own things, while on duty, or while on duty and on own things."""

    ALL = "all"
    OWN = "own"
    DUTY = "duty"
    DUTY_OR_OWN = "duty_or_own"


class Perm(StrEnum):
    """Every act that needs a right: one per heading of who_may.toml, in the same order."""

    READ_GROUP = "read_group"
    WRITE_POST = "write_post"
    EDIT_OWN_POST = "edit_own_post"
    ACCEPT_PROTOCOL = "accept_protocol"
    READ_QUEUE = "read_queue"
    READ_RISK_LANE = "read_risk_lane"
    DECIDE_POST = "decide_post"
    DECIDE_RISK_POST = "decide_risk_post"
    MOVE_TO_RISK_LANE = "move_to_risk_lane"
    MOVE_TO_STANDARD_LANE = "move_to_standard_lane"
    KEEP_WATCHED_PHRASES = "keep_watched_phrases"
    HIDE_POST = "hide_post"
    REMOVE_POST = "remove_post"
    FREEZE_GROUP = "freeze_group"
    REOPEN_GROUP = "reopen_group"
    READ_ESCALATION = "read_escalation"
    ACT_ON_ESCALATION = "act_on_escalation"
    ACKNOWLEDGE_ESCALATION = "acknowledge_escalation"
    REASSIGN_ESCALATION = "reassign_escalation"
    RUN_SHIFT = "run_shift"
    REPORT_POST = "report_post"
    SEE_MEMBER_NAMES = "see_member_names"
    REVEAL_IDENTITY = "reveal_identity"
    REVEAL_NUMBER = "reveal_number"
    CHECK_REVEAL = "check_reveal"
    WELCOME_MEMBER = "welcome_member"
    COME_TO_SESSION = "come_to_session"
    PLAN_SESSION = "plan_session"
    STAND_IN = "stand_in"
    HOST_SESSION = "host_session"
    CHECK_IN_AFTER_SESSION = "check_in_after_session"
    KEEP_SESSIONS = "keep_sessions"
    WRITE_RUN_SHEET = "write_run_sheet"
    OFFER_TIMES = "offer_times"
    KEEP_APPOINTMENTS = "keep_appointments"
    ADMINISTER_GROUP = "administer_group"
    INVITE_PERSON = "invite_person"
    ADD_PERSON = "add_person"
    ANSWER_INVITATION = "answer_invitation"
    MAKE_HELLO_CALL = "make_hello_call"
    CHOOSE_NAME = "choose_name"
    LEAVE_GROUP = "leave_group"
    ASK_TO_JOIN = "ask_to_join"
    SAY_HOW_IT_FEELS = "say_how_it_feels"
    PROPOSE_GROUP = "propose_group"
    PAUSE_MEMBER = "pause_member"
    REMOVE_MEMBER = "remove_member"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"
    CHOOSE_GOODBYE = "choose_goodbye"
    PLAN_GOODBYE = "plan_goodbye"
    PLAN_BIRTHDAY = "plan_birthday"
    CARE_AFTER_DEATH = "care_after_death"
    RUN_GROUP = "run_group"
    READ_ROTA = "read_rota"
    PLAN_ROTA = "plan_rota"
    TAKE_BREAK = "take_break"
    LOOK_AFTER_MODERATORS = "look_after_moderators"
    KEEP_WATCH = "keep_watch"
    IMPORT_WAITING_LIST = "import_waiting_list"
    RELEASE_COHORT = "release_cohort"
    READ_CASELOAD = "read_caseload"
    RECORD_DEATH = "record_death"
    RESTRICT_PERSON = "restrict_person"
    NOTE_ADULTS = "note_adults"
    CHOOSE_OWN_CONSENTS = "choose_own_consents"
    ASSESS_COMPETENCE = "assess_competence"
    WATCH_COMPETENCE = "watch_competence"
    RAISE_ALARM = "raise_alarm"
    LOOK_INTO_ALARM = "look_into_alarm"
    ANSWER_COPY = "answer_copy"
    DECIDE_TRIAGE = "decide_triage"
    SIGNPOST = "signpost"
    SAY_WHAT_HELPED = "say_what_helped"
    MAKE_CALL = "make_call"
    SEND_CODE = "send_code"
    KEEP_CONTACTS = "keep_contacts"
    CHOOSE_OWN_WISHES = "choose_own_wishes"
    READ_NOTIFICATION_LOG = "read_notification_log"
    PREVIEW_MESSAGE = "preview_message"
    READ_TEXTS = "read_texts"
    SETTLE_STUCK_MESSAGE = "settle_stuck_message"
    END_HOLD = "end_hold"
    POST_LETTER = "post_letter"
    SEND_BROADCAST = "send_broadcast"
    KEEP_RECORDINGS = "keep_recordings"
    GIVE_FEEDBACK = "give_feedback"
    ASK_FOR_HELP = "ask_for_help"
    ANSWER_HELP_REQUEST = "answer_help_request"
    READ_FEEDBACK = "read_feedback"
    ANSWER_FEEDBACK = "answer_feedback"
    PUBLISH_FEEDBACK = "publish_feedback"
    SECOND_FEEDBACK = "second_feedback"
    LOG_PHONE_FEEDBACK = "log_phone_feedback"
    READ_AUDIT = "read_audit"
    EDIT_PAGES = "edit_pages"
    FOLLOW_TEXTS = "follow_texts"
    APPROVE_TEXT = "approve_text"
    MEND_TEXT = "mend_text"
    HAND_TEXT_ON = "hand_text_on"
    KEEP_DIRECTORY = "keep_directory"
    READ_SOCIAL = "read_social"
    WRITE_SOCIAL = "write_social"
    RELEASE_SOCIAL = "release_social"
    WITHDRAW_SOCIAL = "withdraw_social"
    CHANGE_DETAILS = "change_details"
    GIVE_ROLE = "give_role"
    GIVE_MODERATOR = "give_moderator"
    SECOND_MODERATOR = "second_moderator"
    END_MODERATOR = "end_moderator"
    KEEP_OWN_ACCOUNT = "keep_own_account"
    KEEP_CARDS = "keep_cards"
    START_RECOVERY = "start_recovery"
    SIGN_IN_OTHERWISE = "sign_in_otherwise"
    END_SESSIONS = "end_sessions"
    KEEP_STAFF_ACCOUNTS = "keep_staff_accounts"
    ASK_ABOUT_OWN_DATA = "ask_about_own_data"
    WRITE_OWN_PROFILE = "write_own_profile"
    REPLY_TO_DECISION = "reply_to_decision"
    ANSWER_REPLY = "answer_reply"
    RUN_DATA_REQUEST = "run_data_request"
    AGREE_TO_DELETE = "agree_to_delete"
    DELETE_DATA = "delete_data"
    HOLD_DATA = "hold_data"
    WITHHOLD = "withhold"
    KEEP_COPIES = "keep_copies"
    COUNT_QUARTER = "count_quarter"
    CORRECT_QUARTER = "correct_quarter"


SERVICE_WIDE = frozenset(
    {
        Role.CO_ORDINATOR,
        Role.SERVICE_MANAGER,
        Role.SAFEGUARDING_LEAD,
        Role.EDITOR,
        Role.YOUNG_EDITOR,
        Role.PARTNER,
    }
)  # held in the service, never in a group; a rule of scope "group" that names one asks for it there


@dataclass(frozen=True)
class Rule:
    """One heading of who_may.toml: the act in words, where it is asked, and each role's reach."""

    perm: Perm
    words: str
    scope: Scope
    may: dict[Role, Reach]


@cache
def rules() -> dict[Perm, Rule]:
    """Read who_may.toml; an unknown role, scope or reach stops the start (ValueError)."""
    table = tomllib.loads(TABLE.read_text())
    if list(table) != list(Perm):
        raise ValueError(f"who_may.toml and Perm differ: {sorted(set(table) ^ set(Perm)) or 'in order'}")
    return {
        Perm(perm): Rule(
            perm=Perm(perm),
            words=row["words"],
            scope=Scope(row["scope"]),
            may={Role(role): Reach(reach) for role, reach in row.get("may", {}).items()},
        )
        for perm, row in table.items()
    }


def group_perms(role: str) -> frozenset[str]:
    """Name the permissions that `role` brings in a group, as guardian codenames."""
    return frozenset(perm for perm, rule in rules().items() if rule.scope is Scope.GROUP and role in rule.may)
