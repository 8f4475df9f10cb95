"""Further sentences for the records, beside those of `wording`: of handing over, major incidents, duty,
calling back, confirming.
"""

PHRASES: dict[str, tuple[str, str]] = {
    # name: (English, Chinese)
    "escalated": (
        (
            "Escalated from {{ origin.en }} to {{ target.en }}, group {{ group | neutral }}: {{ why.en }}."
            "{% if missing %} Missing, please add: {{ missing | join(', ') | neutral }}.{% endif %}"
            "{% if contract %} Contract: {{ contract | neutral }}.{% endif %}"
            "{% if watches %} Who had it stays on the watch list and assists.{% endif %}"
        ),
        (
            "已由{{ origin.zh }}升级至{{ target.zh }}，处理组：{{ group | neutral }}。原因：{{ why.zh }}。"
            "{% if missing %}记录中缺少以下信息，请补充：{{ missing | join('、') | neutral }}。{% endif %}"
            "{% if contract %}合同编号：{{ contract | neutral }}。{% endif %}"
            "{% if watches %}原处理人保留在关注列表中并协助处理。{% endif %}"
        ),
    ),
    "handed_down": (
        "Handed back from {{ origin.en }} to {{ target.en }}, group {{ group | neutral }}: {{ why.en }}.",
        "已由{{ origin.zh }}退回{{ target.zh }}，处理组：{{ group | neutral }}。原因：{{ why.zh }}。",
    ),
    "nobody_to_hand_down_to": (
        (
            "Should be handed back from {{ origin.en }} to {{ target.en }} ({{ why.en }}), but the "
            "configuration names no group for it. Please assign it by hand."
        ),
        "应由{{ origin.zh }}退回{{ target.zh }}（{{ why.zh }}），但配置中没有对应的处理组，请人工指派。",
    ),
    "major_report_task": (
        (
            "Major incident {{ number }} is to be reported to the maintenance lead by {{ due }}. "
            "{% if similar %}It is one of {{ count }} similar tickets, the others: "
            "{{ similar | join(', ') }}. {% endif %}"
            "Take this task up to confirm the report, then follow the incident until it is over."
        ),
        (
            "重大危机事件 {{ number }} 须于 {{ due }} 前报告维护负责人。"
            "{% if similar %}同类工单共 {{ count }} 张，其余为：{{ similar | join('、') }}。{% endif %}"
            "接手本任务即确认收到，请跟踪至结束。"
        ),
    ),
    "hotline_subject": ("Hotline unanswered since {{ since }}", "服务热线自 {{ since }} 起无人接听"),
    "hotline_task": (
        (
            "Nobody has answered the hotline for more than {{ limit | span }} since {{ since }}; calls not "
            "answered: {{ count }}.{% if person %} On duty by the roster: {{ person | neutral }}.{% endif %} "
            "Please see to it that it is answered, have the callers called back, and write the cause here."
        ),
        (
            "服务热线自 {{ since }} 起超过 {{ limit | span }} 无人接听，未接来电 {{ count }} 个。"
            "{% if person %}值班表上的值班人：{{ person | neutral }}。{% endif %}"
            "请立即安排接听、回拨来电用户，并在此记录原因。"
        ),
    ),
    "roster_lacking_subject": (
        "Complete the duty roster for {{ days | first }}",
        "补齐 {{ days | first }} 的值班表",
    ),
    "roster_lacking_task": (
        (
            "These statutory days have fewer than {{ shifts }} shifts on the hotline duty roster: "
            "{{ days | join(', ') }}. Please roster them."
        ),
        "以下法定节假日的热线值班班次少于 {{ shifts }} 个：{{ days | join('、') }}。请补充排班。",
    ),
    "changeover_late_subject": (
        "Late changeover of the shift of {{ start }}",
        "{{ start }} 班次交接不准时",
    ),
    "changeover_late_task": (
        (
            "The shift of {{ start }} ({{ person | neutral }}) "
            "{% if came %}was taken over only at {{ came }}{% else %}was taken over by nobody{% endif %}. "
            "Please find out why and write it here."
        ),
        (
            "{{ start }} 的班次（{{ person | neutral }}）"
            "{% if came %}于 {{ came }} 才完成交接{% else %}无人到岗{% endif %}。请查明原因并在此记录。"
        ),
    ),
    "callback_task": (
        (
            "Ticket {{ number }} was drawn for a call-back. Contact the customer, ask about satisfaction and "
            "suggestions, enter the score and what was said, then close this task."
            "{% if script %}\n{{ script.en }}{% endif %}"
        ),
        (
            "工单 {{ number }} 被抽中回访。请联系客户，了解满意度与意见建议，填写评分与反馈后关闭本任务。"
            "{% if script %}\n{{ script.zh }}{% endif %}"
        ),
    ),
    "callback_2_task": (
        (
            "The improvement after the call-back about {{ number }} has been carried out. Call the customer "
            "again, ask whether it helped, enter the score, then close this task."
            "{% if script %}\n{{ script.en }}{% endif %}"
        ),
        (
            "工单 {{ number }} 回访后的改进已落实。请再次联系客户，确认改进效果，填写评分后关闭本任务。"
            "{% if script %}\n{{ script.zh }}{% endif %}"
        ),
    ),
    "set_phrases": (
        (
            "Greeting: “Good day, this is the service desk. May I ask how you found our service?” Waiting: "
            "“One moment please, I am looking it up for you.” Refusing: “I am sorry, this I cannot decide; "
            "I will pass it on and let you know.” Apologising: “I am sorry for the trouble. I have written "
            "down what you said, and you will have an answer.” Closing: “Thank you for your time. Call us "
            "whenever you need us.”"
        ),
        (
            "问候：“您好，这里是服务台，想了解您对本次服务是否满意？”等待：“请您稍候，我马上为您查询。”"
            "婉拒：“很抱歉，此事我无法决定，我会转达并尽快回复您。”"
            "致歉：“给您带来不便，非常抱歉。您的意见我已记录，我们会给您答复。”"
            "结束：“感谢您的配合，如有需要请随时联系我们。”"
        ),
    ),
    "confirmation_awaited": (
        (
            "Your request {{ number }} has been resolved. Please tell us whether it works again for you. "
            "{% if until %}If we hear nothing by {{ until }}, we take it as confirmed.{% else %}"
            "It is closed once you have confirmed.{% endif %}"
        ),
        (
            "您的请求 {{ number }} 已处理完成，请确认问题是否解决。"
            "{% if until %}如在 {{ until }} 前未收到您的回复，将视为已确认。"
            "{% else %}确认后工单将关闭。{% endif %}"
        ),
    ),
    "hand_over_warned": (
        (
            "Handed over to {{ group | neutral }} and not taken up by anybody there; {{ share }} % of the "
            "{{ limit | span }} for that have passed. Somebody should have it by {{ due }}."
        ),
        (
            "已转交{{ group | neutral }}，尚无人接手，接手时限 {{ limit | span }} 已用去 {{ share }} %。"
            "请于 {{ due }} 前接手。"
        ),
    ),
    "hand_over_late_note": (
        (
            "Handed over to {{ group | neutral }}, and nobody there has taken it up within "
            "{{ limit | span }}; it was due by {{ due }}."
            "{% if person %} {{ person | neutral }}, please see to it.{% endif %}"
        ),
        (
            "已转交{{ group | neutral }}，{{ limit | span }} 内无人接手，应于 {{ due }} 前接手。"
            "{% if person %}请 {{ person | neutral }} 督促处理。{% endif %}"
        ),
    ),
    "hand_over_late_subject": ("Nobody has taken up {{ number }}", "工单 {{ number }} 转交后无人接手"),
    "hand_over_late_task": (
        (
            "{{ number }} was handed over to {{ group | neutral }}, and nobody there has taken it up within "
            "{{ limit | span }}; it was due by {{ due }}. Find somebody for it, write here who has it, then "
            "close this task."
        ),
        (
            "工单 {{ number }} 已转交{{ group | neutral }}，{{ limit | span }} 内无人接手，"
            "应于 {{ due }} 前接手。请落实处理人，在此注明后关闭本任务。"
        ),
    ),
    "alert_incomplete": (
        (
            "This monitoring warning lacks: {{ lacks.en }}. Please add it."
            "{% if parts %} From the configuration item: {{ parts.en | neutral }}.{% endif %}"
            "{% if before %} {{ before.en }}{% endif %}"
        ),
        (
            "本监控告警缺少：{{ lacks.zh }}，请补充。"
            "{% if parts %}根据配置项补充：{{ parts.zh | neutral }}。{% endif %}"
            "{% if before %}{{ before.zh }}{% endif %}"
        ),
    ),
    "alert_composed": (
        (
            "{% if parts %}From the configuration item: {{ parts.en | neutral }}.{% endif %}"
            "{% if parts and before %} {% endif %}{% if before %}{{ before.en }}{% endif %}"
        ),
        (
            "{% if parts %}根据配置项补充：{{ parts.zh | neutral }}。{% endif %}"
            "{% if before %}{{ before.zh }}{% endif %}"
        ),
    ),
    "alert_precedent": (
        (
            "A first suggestion, from {{ number }} of the same configuration item, resolved {{ resolved }}: "
            "{% if solution %}{{ solution | neutral }}{% endif %}"
            "{% if solution and article %} {% endif %}{% if article %}(see article {{ article }}){% endif %}."
        ),
        (
            "初步处理建议（参考同一配置项的工单 {{ number }}，{{ resolved }} 解决）："
            "{% if solution %}{{ solution | neutral }}{% endif %}"
            "{% if article %}（参见知识条目 {{ article }}）{% endif %}。"
        ),
    ),
    "knowledge_known": (
        (
            "Article {{ article }} says this already ({{ share }} % alike: {{ title | neutral }}); it was "
            "attached instead of a new draft. If it is about something else, detach it."
        ),
        (
            "知识条目 {{ article }} 已有相同内容（相似度 {{ share }}%：{{ title | neutral }}），"
            "已直接关联，未新建草稿。如不适用，请取消关联。"
        ),
    ),
    "why_beyond": (
        "{{ column | neutral }} {{ value | neutral }} is beyond its capability",
        "{{ column | neutral }} {{ value | neutral }} 超出其处理能力",
    ),
    "why_returned": ("the consultant marked it as one for that tier", "顾问已标记应由该级处理"),
    "why_word": (
        "{{ column | neutral }} says “{{ word | neutral }}”",
        "{{ column | neutral }} 中写有“{{ word | neutral }}”",
    ),
}
"""Name of a sentence → its English and its Chinese template."""
