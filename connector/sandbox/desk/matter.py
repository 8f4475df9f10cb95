"""What callers call about: subjects, descriptions and resolutions, in Chinese and English, per category."""

from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str

    def told(self, language: str) -> str:
        """The sentence in ``"zh"`` or ``"en"``."""
        return self.zh if language == "zh" else self.en


class Matter(NamedTuple):
    """One kind of trouble: how it is told, and how it ends."""

    category: str
    subcategory: str
    subject: Text
    story: Text
    cause: Text
    remedy: Text
    weight: int = 4
    """How often it comes up, relative to the others."""

    @property
    def warns(self) -> bool:
        """Whether the monitoring tells of it, and no caller."""
        return "告警" in self.subject.zh


def _read(text: str) -> tuple[Matter, ...]:
    """Matters from blocks of nine lines: weight, category, subcategory; then four sentences, zh above en."""
    matters = []
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        weight, category, subcategory = head.split(None, 2)
        told = [line.strip("-") for line in lines]
        subject, story, cause, remedy = map(Text, told[::2], told[1::2])
        matters.append(Matter(category, subcategory.strip("-"), subject, story, cause, remedy, int(weight)))
    return tuple(matters)


MATTERS = _read("""
6 network vpn
VPN 连接后频繁掉线
VPN drops every few minutes
在家办公，VPN 每隔十分钟断一次，需要重新登录。
Working from home; the tunnel falls every ten minutes and asks for the password again.
客户端版本过旧，与网关的保活间隔不一致。
Old client whose keep-alive is longer than the gateway allows.
升级 VPN 客户端并重新导入配置，观察一小时未再掉线。
Upgraded the client and re-imported the profile; stable for an hour.

5 network wireless
三楼会议室无线网络连不上
No Wi-Fi in the third-floor meeting room
会议室里手机和电脑都搜不到公司无线信号。
Neither laptops nor phones see the office network there.
无线接入点供电模块故障。
The access point had lost its power injector.
更换供电模块，信号恢复，现场测试正常。
Replaced the injector; signal is back, tested on site.

3 network dns
内网网站打不开，提示找不到服务器
Intranet pages cannot be found
访问内部门户报错，外网正常。
The portal gives a name error; outside pages open.
终端使用了手工配置的 DNS 地址。
The machine had a DNS server set by hand.
改回自动获取 DNS 并刷新缓存，门户可以打开。
Set DNS back to automatic and flushed the cache; the portal opens.

3 network ip address
专线访问速度很慢
The leased line to the plant is slow
从早上开始访问总部系统要等半分钟。
Since this morning every page of the head-office systems takes half a minute.
备份任务占满了专线带宽。
A backup job filled the line.
将备份任务移到夜间并限速，延迟恢复到 20 毫秒。
Moved the backup to the night with a rate limit; latency back at 20 ms.

6 software email
Outlook 无法发送带附件的邮件
Outlook will not send mail with attachments
附件 8MB，发送后一直停在发件箱。
An 8 MB attachment; the mail stays in the outbox.
邮箱已接近容量上限。
The mailbox was close to its quota.
归档旧邮件并清理发件箱，重新发送成功。
Archived old mail and cleared the outbox; it sends again.

4 software os
ERP 客户端登录后白屏
ERP client shows a white screen after login
今天更新后打开采购模块就是白屏，重启也没用。
Since today's update the purchasing module stays white, also after a restart.
更新后缓存的界面文件与服务端版本不一致。
Cached screens from before the update.
清除客户端缓存并重新登录，采购模块正常。
Cleared the client's cache; purchasing opens.

5 software -
月结报表导出失败
Month-end report cannot be exported
导出 Excel 时提示超时，财务今天要交。
Export to Excel times out; finance needs it today.
报表跨度过大，超过了导出行数限制。
The range exceeds the row limit of the export.
按公司代码分批导出，并已提交优化申请。
Exported by company code in parts; a change to lift the limit is asked for.

3 software -
审批流程卡在部门经理节点
Approval is stuck at the department manager
采购申请两天前已批准，系统里仍显示待审批。
The request was approved two days ago and still shows as pending.
审批人变更后流程实例未刷新。
The workflow kept the approver who has left.
重新分配审批节点，申请单已流转到下一步。
Re-assigned the step; the request has moved on.

4 hardware monitor
显示器闪屏
Monitor flickers
外接显示器每隔几秒黑一下。
The second screen goes black for a moment every few seconds.
视频线接触不良。
A worn cable.
更换视频线后显示正常。
New cable; the picture is steady.

3 hardware disk
笔记本开机很慢，风扇一直响
Laptop takes ten minutes to start
开机要十分钟，打开文件也卡。
Ten minutes to the desktop, and files open slowly.
硬盘出现坏道。
The disk has failing sectors.
更换固态硬盘并恢复数据，启动时间 20 秒。
Replaced the disk with an SSD and restored the data; starts in 20 seconds.

5 hardware -
打印机卡纸并提示更换硒鼓
Printer jams and asks for a new drum
二楼文印室的打印机一打就卡。
The one on the second floor, every job.
搓纸轮磨损。
Worn pick-up roller.
更换搓纸轮和硒鼓，连续打印 50 页正常。
New roller and drum; 50 pages without a jam.

2 hardware memory
机房服务器内存告警
Memory alarm on a server
监控提示内存使用率连续 15 分钟超过 90%。
Monitoring: memory above 90 % for 15 minutes.
应用存在内存泄漏。
The application leaks memory.
重启服务并申请补丁，使用率回到 55%。
Restarted the service, patch requested; down to 55 %.

3 database oracle
库存查询超时
Stock query times out
仓库查询库存要两分钟以上，有时直接报错。
The warehouse waits two minutes or gets an error.
统计信息过期，执行计划走了全表扫描。
Stale statistics, full scans.
更新统计信息并绑定执行计划，查询 3 秒返回。
Refreshed statistics and fixed the plan; three seconds now.

2 database mssql
数据库表空间不足告警
Database is running out of space
监控报警，剩余空间 4%。
Monitoring: 4 % left.
日志未按计划清理。
Logs were not trimmed as planned.
清理历史日志并扩容 50GB，恢复定时任务。
Trimmed old logs, added 50 GB, job is on again.

5 inquiry internal application
如何申请共享文件夹权限
How do I get access to a shared folder?
新同事需要访问项目资料。
A new colleague needs the project files.
-
-
发送申请表链接并说明审批流程，客户已提交。
Sent the form and explained who approves; the request is in.

4 inquiry email
外出时如何设置自动回复
How to set an out-of-office reply
下周出差，想设置自动回复并转给同事。
Away next week; replies and forwarding wanted.
-
-
电话指导设置自动回复和转发规则，客户测试通过。
Walked the caller through it on the phone; tested.

3 inquiry antivirus
杀毒软件弹窗提示可疑文件
Antivirus warns of a suspicious file
下载供应商图纸后弹出警告。
It came up after a supplier's drawing was downloaded.
误报，文件签名未登记。
False alarm: the signature was not registered.
检查文件无毒，已加入白名单。
File is clean; added to the allow list.

9 password_reset -
域账号密码忘记，账号被锁
Forgot the domain password, account locked
休假回来后输错几次，被锁了。
Back from leave, typed it wrong a few times.
-
-
核实身份后解锁并重置密码，客户已登录。
Checked identity, unlocked and reset; the caller is in.

5 password_reset -
ERP 账号密码过期
ERP password has expired
登录提示密码过期，修改时又提示不符合规则。
It asks for a new one and refuses whatever I type.
-
-
重置初始密码并告知密码规则，客户已改密登录。
Set a first password and explained the rules; changed and logged in.
""")
"""What comes up every day.  In each block: subject, story, cause, remedy; ``-`` is nothing to say."""

CRISES = _read("""
1 network dhcp
总部核心交换机故障，全楼断网
Core switch down, whole head office offline
九楼以下全部断网，电话也不通，影响约 800 人。
Everything below the ninth floor is offline, phones too; about 800 people.
核心交换机主控板故障，备用板未切换。
The supervisor card failed and the spare did not take over.
厂商到场更换主控板，恢复配置，全部楼层网络恢复。
The vendor replaced the card, configuration restored, all floors are back.

1 database oracle
ERP 生产库无法连接，各工厂停止发货
ERP production database is down, plants cannot ship
所有工厂都无法登录 ERP，发货停止。
No plant can log in; shipping has stopped.
存储链路中断导致数据库实例挂起。
A storage path failed and the instance hung.
切换到备用存储链路并重启实例，业务数据核对一致。
Moved to the spare path and restarted; data checked and consistent.
""")
"""What takes everybody down."""

(BROWNOUT,) = _read("""
1 software -
工资系统时好时坏
Payroll answers now and then
打开工资单要刷新好几次，有时提示服务不可用。
Payslips open after several tries; sometimes the service is said to be unavailable.
负载均衡后的一台应用服务器无响应。
One of the servers behind the load balancer does not answer.
将故障服务器移出负载均衡并重启，全部请求恢复正常。
Took the server out of the balancer and restarted it; all requests are answered again.
""")
"""What several people have at once, without anybody being down."""

BROWNOUT_TOLD = (
    BROWNOUT.subject,
    Text("工资单打不开", "My payslip does not open"),
    Text("工资系统提示服务不可用", "Payroll says it is unavailable"),
    Text("工资单页面一直转圈", "The payslip page keeps loading"),
    Text("工资系统登录后报错", "Payroll fails after login"),
    Text("工资单偶尔才能打开", "Payslips open only now and then"),
)
"""How each of them puts it."""

SYMPTOMS: dict[str, tuple[Text, ...]] = {
    "network": (
        Text("我这里也上不了网", "I have no network either"),
        Text("电话和网络都断了", "Phone and network are dead"),
    ),
    "database": (
        Text("ERP 登录不了", "Cannot log in to the ERP"),
        Text("发货单打不出来", "Delivery notes do not print"),
    ),
}
"""What the callers after the first say of the same crisis."""

REACH = Text("影响范围：使用该服务器的应用", "Impact: the applications on that server")
ADVICE = Text("初步建议：先查最近的变更和日志", "Suggestion: look at recent changes and the logs first")

TAKEN = Text("已受理，正在排查。", "Taken up, looking into it.")
FOUND = Text("已排查：{cause}", "Found so far: {cause}")
HANDED = Text("超出本组处理能力，转 {group}。{cause}", "Beyond this group, handed to {group}. {cause}")
TICKED = Text("超出一线处理能力，申请升级。", "Beyond first line, please escalate.")
WAITING = {
    "1": Text("请提供报错截图和发生时间。", "Please send a screenshot and the time it happened."),
    "3": Text("等待问题单的分析结果。", "Waiting for the result of the problem record."),
    "4": Text("已联系厂商，等待备件或补丁。", "The vendor is on it; waiting for a part or a patch."),
    "5": Text("等待变更窗口。", "Waiting for the change window."),
}
ANSWERED = Text("客户已回复，继续处理。", "The caller has answered, going on.")
CONFIRMED = Text("已电话回访，客户确认解决。", "Called: the customer confirms.")
BACK = Text("问题又出现了，请再看一下。", "It is back, please have another look.")
UNKNOWN_CAUSE = Text("原因待查。", "Cause not yet known.")
CRISIS_NEWS = (
    Text(
        "已定位到故障设备，厂商工程师在路上。",
        "The failed part is found, the vendor's engineer is on the way.",
    ),
    Text("正在恢复，预计 40 分钟内完成。", "Restoring, expected within 40 minutes."),
    Text("部分恢复，正在验证。", "Partly back, checking."),
)
COMPLAINTS = (
    Text("处理太慢，问了三次才有人回。", "Too slow; I asked three times before anybody answered."),
    Text("没有人告诉我进展。", "Nobody told me where it stood."),
    Text("问题还是时有时无。", "It still comes and goes."),
)
PRAISE = (
    Text("很满意，处理及时。", "Very satisfied, quick."),
    Text("可以，谢谢。", "Fine, thank you."),
    Text("顾问很耐心，讲得清楚。", "Patient and clear."),
)
IMPROVED = Text(
    "已与小组复盘，更新话术和处理手册。", "Gone through with the team; phrases and manual updated."
)
REPORTED = Text("已电话报告，维护负责人跟进。", "Reported by telephone; the maintenance lead is following.")
UNREACHED = Text("三次未接通。", "Not reached in three attempts.")


def described(matter: Matter, language: str, told: bool, advised: bool) -> str:
    """The description of a ticket: empty where nobody told; a warning's with its reach and first advice."""
    lines = [matter.story] if told else []
    if told and advised and matter.warns:
        lines += [REACH, ADVICE]
    return "\n".join(line.told(language) for line in lines)
