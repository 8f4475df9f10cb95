-- A store as it was made before stores knew their version (schema 1).
BEGIN TRANSACTION;
CREATE TABLE article (
	sys_id TEXT NOT NULL, 
	source TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
CREATE TABLE call (
	sys_id TEXT NOT NULL, 
	opened_at BIGINT, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
CREATE TABLE change (
	sys_id TEXT NOT NULL, 
	ticket TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	field TEXT NOT NULL, 
	old TEXT NOT NULL, 
	new TEXT NOT NULL, 
	user TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
INSERT INTO "change" VALUES('00000000000000000000000000000002','00000000000000000000000000000001',1780272600,'state','1','2','wang');
CREATE TABLE clock (
	source TEXT NOT NULL, 
	ahead BIGINT NOT NULL, 
	PRIMARY KEY (source)
);
CREATE TABLE cursor (
	source TEXT NOT NULL, 
	at BIGINT, 
	fingerprint TEXT NOT NULL, 
	page INTEGER, 
	PRIMARY KEY (source)
);
INSERT INTO "cursor" VALUES('incident',1780272000,'f',NULL);
INSERT INTO "cursor" VALUES('sys_audit',1780272600,'f',NULL);
CREATE TABLE figure (
	kind TEXT NOT NULL, 
	start BIGINT NOT NULL, 
	scope TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	indicator TEXT NOT NULL, 
	frozen_at BIGINT NOT NULL, 
	score TEXT NOT NULL, 
	PRIMARY KEY (kind, start, scope, "key", indicator)
);
INSERT INTO "figure" VALUES('month',1780272000,'whole','','R-E1',1782864000,'{}');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	ticket TEXT NOT NULL, 
	entry TEXT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "journal" VALUES(1,1780272000,'00000000000000000000000000000001','{"at": 1780272000, "sent_at": 1780272001, "ticket": "00000000000000000000000000000001", "number": "INC1", "table": "incident", "record": "00000000000000000000000000000001", "because": [["limits", "R-C3", "breached", "3f9c2a71"]], "fields": [["u_desk_clock", "", "running"]], "settings": "", "answer": "written", "detail": ""}');
CREATE TABLE link (
	sys_id TEXT NOT NULL, 
	article TEXT NOT NULL, 
	ticket TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
CREATE TABLE metric (
	sys_id TEXT NOT NULL, 
	ticket TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
CREATE TABLE pass (
	id INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	ok INTEGER NOT NULL, 
	trouble TEXT NOT NULL, 
	requests INTEGER NOT NULL, 
	judged INTEGER NOT NULL, 
	written INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "pass" VALUES(1,1780272000,1,'',6,1,1);
CREATE TABLE quarantine (
	source TEXT NOT NULL, 
	sys_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY (source, sys_id)
);
CREATE TABLE shape (
	id INTEGER NOT NULL, 
	columns TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (columns)
);
INSERT INTO "shape" VALUES(1,'["closed_at", "number", "opened_at", "resolved_at", "sys_id", "sys_updated_on", "sys_mod_count"]');
CREATE TABLE task (
	sys_id TEXT NOT NULL, 
	ticket TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (sys_id)
);
CREATE TABLE ticket (
	id INTEGER NOT NULL, 
	sys_id TEXT NOT NULL, 
	number TEXT NOT NULL, 
	opened_at BIGINT, 
	resolved_at BIGINT, 
	closed_at BIGINT, 
	look_again BIGINT, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (sys_id)
);
INSERT INTO "ticket" VALUES(1,'00000000000000000000000000000001','INC1',1780272000,NULL,NULL,0,'1INC12026-06-01 00:00:00000000000000000000000000000000012026-06-01 00:00:000');
CREATE INDEX ticket_number ON ticket (number);
CREATE INDEX ticket_resolved_at ON ticket (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX ticket_opened ON ticket (opened_at);
CREATE INDEX ticket_due ON ticket (look_again) WHERE look_again IS NOT NULL;
CREATE INDEX ticket_closed_at ON ticket (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX change_ticket ON change (ticket);
CREATE INDEX ix_metric_ticket ON metric (ticket);
CREATE INDEX ix_task_ticket ON task (ticket);
CREATE INDEX ix_article_source ON article (source);
CREATE INDEX ix_link_article ON link (article);
CREATE INDEX ix_link_ticket ON link (ticket);
CREATE INDEX ix_call_opened_at ON call (opened_at);
CREATE INDEX ix_journal_ticket ON journal (ticket);
COMMIT;
