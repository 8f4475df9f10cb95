// servicenow-rest-api for Node, as it comes from the registry: what its users do, against the sandbox over HTTPS.
"use strict";

const assert = require("node:assert/strict");
const { createRequire } = require("node:module");
const path = require("node:path");
const test = require("node:test");

const ServiceNow = createRequire(path.join(process.env.CLIENT_HOME, "drive.js"))("servicenow-rest-api");
const host = new URL(process.env.SANDBOX_URL).host;
const VPN = "10000000000000000000000000000001";
console.log = () => {}; // the client prints every address it asks

const agent = new ServiceNow(host, "agent", "agent-secret");
const boss = new ServiceNow(host, "boss", "boss-secret");

/** The client calls back; a promise of what it calls back with. */
function ask(client, method, ...given) {
  return new Promise((resolve) => client[method](...given, resolve));
}

test("a sample shows the columns", async () => {
  const rows = await ask(agent, "getSampleData", "incident");
  assert.equal(rows.length, 1);
  assert.ok(Object.keys(rows[0]).length > 80);
});

test("fields, filters and display values", async () => {
  const rows = await ask(agent, "getTableData", ["number", "priority", "caller_id"], ["category=network", "state=2"], "incident");
  assert.deepEqual(
    rows.map((row) => [row.number, row.priority, row.caller_id.display_value]),
    [["INC0000001", "1 - Critical", "Cai Caller"]],
  );
  assert.ok(rows[0].caller_id.link.startsWith(`https://${host}/api/now/v2/table/sys_user/`));
});

test("a record is created and changed by display values, and deleted by the boss", async () => {
  const made = await ask(agent, "createNewTask",
    { short_description: "From Node", assignment_group: "Network", impact: "1 - High", urgency: "2 - Medium" }, "incident");
  assert.deepEqual(
    [made.assignment_group.display_value, made.impact, made.priority],
    ["Network", "1 - High", "2 - High"],
  );
  const sysId = await ask(agent, "getSysId", "incident", made.number);
  assert.equal(sysId, made.sys_id);
  const changed = await ask(agent, "UpdateTask", "incident", made.number, { state: "In Progress", work_notes: "Seen by Node" });
  assert.equal(changed.state, "In Progress");
  assert.match(changed.work_notes, /Ada Agent \(Work notes\)\nSeen by Node/);
  const refused = await ask(agent, "DeleteTask", "incident", made.number);
  assert.equal(refused.response.status, 403);
  const gone = await ask(boss, "DeleteTask", "incident", made.number);
  assert.equal(gone.status, 204);
  const rows = await ask(agent, "getTableData", ["number"], [`number=${made.number}`], "incident");
  assert.deepEqual(rows, []);
});

test("name-value pairs filter", async () => {
  const rows = await ask(agent, "getAllAttachmentsMetaData", VPN);
  assert.deepEqual(rows, []);
});

test("refusals carry status and sentence", async () => {
  const stranger = new ServiceNow(host, "agent", "wrong");
  const unknown = await ask(stranger, "getSampleData", "incident");
  assert.equal(unknown.response.status, 401);
  assert.equal(unknown.response.data.error.detail, "Required to provide Auth information");
  const nowhere = await ask(agent, "getSampleData", "no_such_table");
  assert.equal(nowhere.response.status, 400);
  assert.equal(nowhere.response.data.error.message, "Invalid table no_such_table");
  const policy = await ask(agent, "UpdateTask", "incident", "INC0000001", { state: "Resolved" });
  assert.equal(policy.response.status, 403);
  assert.match(policy.response.data.error.detail, /^Data Policy Exception: The following fields are mandatory/);
});
