"""What people read of changes, releases, reviews, improvements, complaints and dated items (`wording`)."""

OBLIGATIONS: dict[str, tuple[str, str]] = {
    "finding_subject": ("See to a finding on {{ number }}", "处理 {{ number }} 的不符合项"),
    "change_not_ready": (
        (
            "Planned to begin at {{ start }}, but not ready: it lacks {{ lacks.en }}. "
            "Please complete this before the implementation."
        ),
        "计划于 {{ start }} 开始实施，但尚缺：{{ lacks.zh }}。请在实施前补齐。",
    ),
    "change_skipped": (
        "The implementation began before these were complete: {{ lacks.en }}. Please say why and add them.",
        "以下内容未完成即开始实施：{{ lacks.zh }}。请说明原因并补齐。",
    ),
    "change_not_made_up": (
        (
            "Carried out without going through the steps first, and {{ limit | span }} later still "
            "without {{ lacks.en }}. Please make up for it."
        ),
        "先行实施的变更，实施后 {{ limit | span }} 内仍未补齐：{{ lacks.zh }}。请补办。",
    ),
    "change_early": (
        "The implementation began at {{ began }}, before its window, which opened at {{ start }}.",
        "实施于 {{ began }} 开始，早于计划窗口的开始时间 {{ start }}。",
    ),
    "change_late": (
        (
            "{% if ended %}The implementation ended at {{ ended }}, after its window{% else %}Still being "
            "implemented although its window is over{% endif %}; the window closed at {{ end }}."
        ),
        (
            "{% if ended %}实施于 {{ ended }} 结束，超出计划窗口{% else %}计划窗口已结束，但仍在实施"
            "{% endif %}；窗口截止时间为 {{ end }}。"
        ),
    ),
    "change_not_recorded": (
        "Closed without a complete record: it lacks {{ lacks.en }}. Please add it.",
        "变更已关闭，但记录不完整，尚缺：{{ lacks.zh }}。请补充。",
    ),
    "step_class": ("its class", "变更分类"),
    "step_application": ("the application", "变更申请"),
    "step_assessment": ("the assessment", "风险评估"),
    "step_answer": ("the answer to its risk", "风险应对"),
    "step_approval": ("the approval", "审批"),
    "step_implementation": ("the plan of its implementation", "实施计划"),
    "step_record": ("the record", "实施记录"),
    "step_time": ("its time", "发布时间"),
    "step_scope": ("its scope", "发布范围"),
    "step_content": ("its content", "发布内容"),
    "release_not_ready": (
        "To be released at {{ start }}, but its plan lacks {{ lacks.en }}. Please complete it before.",
        "计划于 {{ start }} 发布，但发布计划尚缺：{{ lacks.zh }}。请在发布前补齐。",
    ),
    "release_skipped": (
        "The release began although its plan lacks {{ lacks.en }}. Please say why and add it.",
        "发布计划不完整即开始发布，尚缺：{{ lacks.zh }}。请说明原因并补齐。",
    ),
    "stage_late": (
        "Not in time: {{ stage.en }} within {{ limit | span }}; it was due by {{ due }}.",
        "未按时完成：{{ stage.zh }}，时限 {{ limit | span }}，应于 {{ due }} 前完成。",
    ),
    "check_date": (
        (
            "Check date {{ slot }} of at most {{ most }}: open for {{ open_for | span }}. Still owed: "
            "{{ lacks.en }}. Please write down how it stands and by when it will be solved."
        ),
        (
            "第 {{ slot }} 次检查（最多 {{ most }} 次）：已持续 {{ open_for | span }}，尚未完成："
            "{{ lacks.zh }}。请记录当前进展与预计解决时间。"
        ),
    ),
    "stage_review": ("a problem record for the after-review", "建立并关联问题记录（事后复盘）"),
    "stage_cause": ("the cause found", "查明原因"),
    "stage_measure": ("an improvement measure named", "提出改进措施"),
    "stage_done": ("the improvement carried out", "落实改进措施"),
    "stage_verified": ("the improvement verified", "验证改进效果"),
    "stage_acted": ("the complaint taken up", "受理投诉并立即处理"),
    "stage_proposed": ("an improvement proposed", "提出改进措施"),
    "stage_solved": ("the complaint solved", "解决投诉"),
    "stage_called": ("the customer called back again", "再次回访客户"),
    "review_opened": (
        (
            "After-review: a problem record was opened for this major incident and linked. Find the cause "
            "there, name improvement measures and see them through."
        ),
        "事后复盘：已为本重大事件建立并关联问题记录。请在其中查明原因、提出改进措施并跟踪落实。",
    ),
    "review_subject": ("After-review of major incident {{ number }}", "重大事件 {{ number }} 事后复盘"),
    "review_task": (
        (
            "Major incident {{ number }} is resolved. Find out what caused it and how it was handled, and "
            "name the measures that keep it from happening again. {{ subject | neutral }}"
        ),
        (
            "重大事件 {{ number }} 已解决。请查明原因、复盘处理过程，并提出防止再次发生的改进措施。"
            "{{ subject | neutral }}"
        ),
    ),
    "verification_subject": ("Verify the improvement of {{ number }}", "验证 {{ number }} 的改进效果"),
    "verification_task": (
        (
            "An improvement of {{ number }} has been carried out. Check whether it works, write here what "
            "you found, then close this task; close it incomplete if it does not."
        ),
        "{{ number }} 的改进措施已落实。请验证其效果，在此记录结论后关闭本任务；若无效，请以“未完成”关闭。",
    ),
    "complaint_subject": ("Complaint about {{ number }}", "关于 {{ number }} 的投诉"),
    "complaint_task": (
        (
            "The customer of {{ number }} gave {{ score }}: this is handled as a complaint. Take this task "
            "up at once, write here what the customer says and which improvement you propose, carry it out, "
            "then close the task; the customer is called again afterwards."
        ),
        (
            "{{ number }} 的客户评分为 {{ score }}，按投诉处理。请立即接手本任务，记录客户意见，"
            "提出并落实改进措施，完成后关闭本任务；之后将再次回访客户。"
        ),
    ),
    "complaint_call_subject": ("Call back about the complaint {{ number }}", "投诉 {{ number }} 处理后回访"),
    "complaint_call_task": (
        (
            "The complaint {{ number }} has been dealt with. Call the customer, ask whether they are "
            "satisfied now, write down what they say, then close this task."
        ),
        "投诉 {{ number }} 已处理。请再次回访客户，确认是否满意，记录客户意见后关闭本任务。",
    ),
    "item_subject": ("{{ title | neutral }}, due {{ date }}", "{{ title | neutral }}（截止 {{ date }}）"),
    "item_task": (
        (
            "{{ title | neutral }} is due by {{ due }}. {{ item.en }} Close this task when it is done; "
            "close it incomplete if it is dropped, and write why."
        ),
        (
            "{{ title | neutral }} 应于 {{ due }} 前完成。{{ item.zh }}"
            "完成后请关闭本任务；如取消，请以“未完成”关闭并说明原因。"
        ),
    ),
    "item_plan": (
        "Draw up the plan and have it agreed.",
        "请制定计划并报审。",
    ),
    "item_audit": (
        "Carry out the audit, write down each non-conformity and follow it to its end.",
        "请按计划开展审核，记录每个不符合项并跟踪至关闭。",
    ),
    "item_report": (
        "Write the report and deliver it.",
        "请编写并提交报告。",
    ),
    "item_other": ("See to it.", "请按时办理。"),
    "item_review_subject": (
        "Review: {{ title | neutral }} of {{ date }}",
        "评审：{{ title | neutral }}（{{ date }}）",
    ),
    "item_review_task": (
        "{{ title | neutral }} of {{ date }} has been delivered. Review it, then close this task.",
        "{{ title | neutral }}（{{ date }}）已提交，请评审后关闭本任务。",
    ),
    "item_overdue_subject": (
        "Overdue: {{ title | neutral }} of {{ date }}",
        "逾期：{{ title | neutral }}（{{ date }}）",
    ),
    "item_overdue_task": (
        (
            "{{ title | neutral }} was due by {{ due }} and is not done. See what keeps it, arrange what is "
            "needed, write it here, then close this task."
        ),
        (
            "{{ title | neutral }} 应于 {{ due }} 前完成，至今未完成。"
            "请了解原因并作出安排，在此记录后关闭本任务。"
        ),
    ),
    "article_review_subject": (
        "Review article {{ article }}: {{ title | neutral }}",
        "复审知识条目 {{ article }}：{{ title | neutral }}",
    ),
    "article_review_task": (
        (
            "Article {{ article }}, {{ title | neutral }}, "
            "{% if because == 'expires' %}is valid until {{ since }}"
            "{% else %}has not been changed or reviewed since {{ since }}{% endif %}. Read it and bring it "
            "up to date, extend its validity, or retire it; write here what you found, then close this task."
        ),
        (
            "知识条目 {{ article }}（{{ title | neutral }}）"
            "{% if because == 'expires' %}有效期至 {{ since }}"
            "{% else %}自 {{ since }} 以来未更新或复审{% endif %}。"
            "请复核内容：更新、延长有效期或下架，并在此记录结论后关闭本任务。"
        ),
    ),
    "article_promotion_subject": (
        "Worth promoting: article {{ article }}, {{ title | neutral }}",
        "推广知识条目 {{ article }}：{{ title | neutral }}",
    ),
    "article_promotion_task": (
        (
            "Article {{ article }}, {{ title | neutral }}, helped with {{ used }} tickets of the last "
            "{{ within | span }}. Consider making it known in the organisation: a training, the operation "
            "manual, a page for customers. Write here what was decided and close this task; close it "
            "incomplete if it is not to be promoted."
        ),
        (
            "知识条目 {{ article }}（{{ title | neutral }}）"
            "在最近 {{ within | span }} 内用于 {{ used }} 张工单。"
            "请考虑在组织内推广：培训、写入维护手册或面向客户发布。请在此记录结论并关闭本任务；"
            "如不推广，请以“未完成”关闭。"
        ),
    ),
}
"""Name of a sentence → its English and its Chinese template."""
