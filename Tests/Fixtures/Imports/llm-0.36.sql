CREATE TABLE "conversations" (
   "id" TEXT PRIMARY KEY,
   "name" TEXT,
   "model" TEXT
);
CREATE TABLE "attachments" (
   "id" TEXT PRIMARY KEY,
   "type" TEXT,
   "path" TEXT,
   "url" TEXT,
   "content" BLOB
);
INSERT INTO "attachments" VALUES('b1ff9c8ea3a780bad09b346c423d2d0e46815926879b18e841d928376a946640','image/png',NULL,NULL,X'89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082');
CREATE TABLE "prompt_attachments" (
   "response_id" TEXT REFERENCES "responses"("id"),
   "attachment_id" TEXT REFERENCES "attachments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("response_id", "attachment_id")
);
CREATE TABLE "schemas" (
   "id" TEXT PRIMARY KEY,
   "content" TEXT
);
CREATE TABLE "responses" (
   "id" TEXT PRIMARY KEY,
   "model" TEXT,
   "prompt" TEXT,
   "system" TEXT,
   "prompt_json" TEXT,
   "options_json" TEXT,
   "response" TEXT,
   "response_json" TEXT,
   "conversation_id" TEXT REFERENCES "conversations"("id"),
   "duration_ms" INTEGER,
   "datetime_utc" TEXT,
   "input_tokens" INTEGER,
   "output_tokens" INTEGER,
   "token_details" TEXT,
   "schema_id" TEXT REFERENCES "schemas"("id")
, "resolved_model" TEXT, "reasoning" TEXT);
CREATE TABLE "fragments" (
   "id" INTEGER PRIMARY KEY,
   "hash" TEXT,
   "content" TEXT,
   "datetime_utc" TEXT,
   "source" TEXT
);
INSERT INTO "fragments" VALUES(1,'1b5d564402a085fb56576abea0ecd6b0aaca1d8477ac0a717e67cc717ac55733','Call me Ishmael. Some years ago, never mind how long.','2026-11-25 13:08:14','moby.txt');
INSERT INTO "fragments" VALUES(2,'bcea5907e27630deeea3fe0e613bbdcd2865234efa34dbb4db8e1a1473285349','You are a librarian.','2026-11-25 13:08:14','sys');
CREATE TABLE "fragment_aliases" (
   "alias" TEXT PRIMARY KEY,
   "fragment_id" INTEGER REFERENCES "fragments"("id")
);
CREATE TABLE "prompt_fragments" (
   "response_id" TEXT REFERENCES "responses"("id"),
   "fragment_id" INTEGER REFERENCES "fragments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("response_id", "fragment_id", "order")
);
CREATE TABLE "system_fragments" (
   "response_id" TEXT REFERENCES "responses"("id"),
   "fragment_id" INTEGER REFERENCES "fragments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("response_id", "fragment_id", "order")
);
CREATE TABLE "tools" (
   "id" INTEGER PRIMARY KEY,
   "hash" TEXT,
   "name" TEXT,
   "description" TEXT,
   "input_schema" TEXT
, "plugin" TEXT);
CREATE TABLE "tool_responses" (
   "tool_id" INTEGER REFERENCES "tools"("id"),
   "response_id" TEXT REFERENCES "responses"("id"),
   PRIMARY KEY ("tool_id", "response_id")
);
CREATE TABLE "tool_calls" (
   "id" INTEGER PRIMARY KEY,
   "response_id" TEXT REFERENCES "responses"("id"),
   "tool_id" INTEGER REFERENCES "tools"("id"),
   "name" TEXT,
   "arguments" TEXT,
   "tool_call_id" TEXT
);
CREATE TABLE "tool_instances" (
   "id" INTEGER PRIMARY KEY,
   "plugin" TEXT,
   "name" TEXT,
   "arguments" TEXT
);
CREATE TABLE "tool_results" (
   "id" INTEGER PRIMARY KEY,
   "response_id" TEXT REFERENCES "responses"("id"),
   "tool_id" INTEGER REFERENCES "tools"("id"),
   "name" TEXT,
   "output" TEXT,
   "tool_call_id" TEXT,
   "instance_id" INTEGER REFERENCES "tool_instances"("id")
, "exception" TEXT);
CREATE TABLE "tool_results_attachments" (
   "tool_result_id" INTEGER REFERENCES "tool_results"("id"),
   "attachment_id" TEXT REFERENCES "attachments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("tool_result_id", "attachment_id")
);
CREATE TABLE "messages" (
   "hash" TEXT PRIMARY KEY,
   "parent_hash" TEXT REFERENCES "messages"("hash"),
   "role" TEXT,
   "provider_metadata" TEXT
);
INSERT INTO "messages" VALUES('b2:074dea0bd0259e0d5dca16426a45e4f5',NULL,'system',NULL);
INSERT INTO "messages" VALUES('b2:466de979876222bc334fdcec5d9ef1db','b2:074dea0bd0259e0d5dca16426a45e4f5','user',NULL);
INSERT INTO "messages" VALUES('b2:554979ab8917d2e73857fc9ff470c13c','b2:466de979876222bc334fdcec5d9ef1db','assistant',NULL);
INSERT INTO "messages" VALUES('b2:ebaac48dd8e26b9501a0740bed39738d','b2:554979ab8917d2e73857fc9ff470c13c','user',NULL);
INSERT INTO "messages" VALUES('b2:155fd743f66fa3c790874b0bf4383a3f','b2:ebaac48dd8e26b9501a0740bed39738d','assistant',NULL);
INSERT INTO "messages" VALUES('b2:02307602769b1ac294c0fd7064140d40','b2:155fd743f66fa3c790874b0bf4383a3f','user',NULL);
INSERT INTO "messages" VALUES('b2:71a83ad942dbb9f1c29edcc0dd874f48','b2:02307602769b1ac294c0fd7064140d40','assistant',NULL);
INSERT INTO "messages" VALUES('b2:f0089c8c48282d7f8c7c7c79ebd25966',NULL,'user',NULL);
INSERT INTO "messages" VALUES('b2:6f36f199886873fe657c6ed27f92e679','b2:f0089c8c48282d7f8c7c7c79ebd25966','assistant',NULL);
INSERT INTO "messages" VALUES('b2:13872f6d8aad24c8cd027630daf819ce',NULL,'user',NULL);
INSERT INTO "messages" VALUES('b2:a6c937630ccfd0847a401e55b1e69b67','b2:13872f6d8aad24c8cd027630daf819ce','assistant',NULL);
INSERT INTO "messages" VALUES('b2:483b76fa972b8da790467e2c6a99b9d4',NULL,'system',NULL);
INSERT INTO "messages" VALUES('b2:407b5b2f027c4dcea15d4efae2a40bb7','b2:483b76fa972b8da790467e2c6a99b9d4','user',NULL);
INSERT INTO "messages" VALUES('b2:552d9dd5f150116e030d69314de8cae1','b2:407b5b2f027c4dcea15d4efae2a40bb7','assistant',NULL);
CREATE TABLE "parts" (
   "id" INTEGER PRIMARY KEY,
   "message_hash" TEXT REFERENCES "messages"("hash"),
   "position" INTEGER,
   "type" TEXT,
   "tool_name" TEXT,
   "text" TEXT,
   "payload" TEXT
);
INSERT INTO "parts" VALUES(1,'b2:074dea0bd0259e0d5dca16426a45e4f5',0,'text',NULL,'Be brief.',NULL);
INSERT INTO "parts" VALUES(2,'b2:466de979876222bc334fdcec5d9ef1db',0,'text',NULL,'Why are there tides?',NULL);
INSERT INTO "parts" VALUES(3,'b2:554979ab8917d2e73857fc9ff470c13c',0,'text',NULL,'The moon pulls on the sea. ',NULL);
INSERT INTO "parts" VALUES(4,'b2:ebaac48dd8e26b9501a0740bed39738d',0,'text',NULL,'How often?',NULL);
INSERT INTO "parts" VALUES(5,'b2:155fd743f66fa3c790874b0bf4383a3f',0,'text',NULL,'Twice a day, <b>about</b>. ',NULL);
INSERT INTO "parts" VALUES(6,'b2:02307602769b1ac294c0fd7064140d40',0,'text',NULL,'And the sun?',NULL);
INSERT INTO "parts" VALUES(7,'b2:71a83ad942dbb9f1c29edcc0dd874f48',0,'text',NULL,'The sun pulls too: =1+1 '||char(27)||'[31m ',NULL);
INSERT INTO "parts" VALUES(8,'b2:f0089c8c48282d7f8c7c7c79ebd25966',0,'text',NULL,'Say hello',NULL);
INSERT INTO "parts" VALUES(9,'b2:6f36f199886873fe657c6ed27f92e679',0,'text',NULL,'Hello from a small one. ',NULL);
INSERT INTO "parts" VALUES(10,'b2:13872f6d8aad24c8cd027630daf819ce',0,'text',NULL,'What is in it?',NULL);
INSERT INTO "parts" VALUES(11,'b2:13872f6d8aad24c8cd027630daf819ce',1,'attachment',NULL,NULL,'{"attachment": {"id": "b1ff9c8ea3a780bad09b346c423d2d0e46815926879b18e841d928376a946640"}}');
INSERT INTO "parts" VALUES(12,'b2:a6c937630ccfd0847a401e55b1e69b67',0,'text',NULL,'A red pixel. ',NULL);
INSERT INTO "parts" VALUES(13,'b2:483b76fa972b8da790467e2c6a99b9d4',0,'text',NULL,NULL,'{"text_ref": [{"fragment": 2}]}');
INSERT INTO "parts" VALUES(14,'b2:407b5b2f027c4dcea15d4efae2a40bb7',0,'text',NULL,NULL,'{"text_ref": [{"fragment": 1}, {"literal": "\nWhat is it about?"}]}');
INSERT INTO "parts" VALUES(15,'b2:552d9dd5f150116e030d69314de8cae1',0,'text',NULL,'It is about whales. ',NULL);
CREATE TABLE "part_attachments" (
   "part_id" INTEGER REFERENCES "parts"("id"),
   "attachment_id" TEXT REFERENCES "attachments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("part_id", "attachment_id", "order")
);
INSERT INTO "part_attachments" VALUES(11,'b1ff9c8ea3a780bad09b346c423d2d0e46815926879b18e841d928376a946640',0);
CREATE TABLE "part_fragments" (
   "part_id" INTEGER REFERENCES "parts"("id"),
   "fragment_id" INTEGER REFERENCES "fragments"("id"),
   "order" INTEGER,
   PRIMARY KEY ("part_id", "fragment_id", "order")
);
INSERT INTO "part_fragments" VALUES(13,2,0);
INSERT INTO "part_fragments" VALUES(14,1,0);
CREATE TABLE "threads" (
   "id" TEXT PRIMARY KEY,
   "name" TEXT,
   "tip_message_hash" TEXT REFERENCES "messages"("hash"),
   "forked_from" TEXT REFERENCES "threads"("id"),
   "datetime_utc" TEXT
);
INSERT INTO "threads" VALUES('01hconversation0000000000a1','Why are there tides?','b2:71a83ad942dbb9f1c29edcc0dd874f48',NULL,'2026-11-25 13:08:14.779546+00:00');
INSERT INTO "threads" VALUES('01m89d4ca2fp1ga1ctsq4pq8qh','Say hello','b2:6f36f199886873fe657c6ed27f92e679',NULL,'2026-11-25 13:08:14.786371+00:00');
INSERT INTO "threads" VALUES('01m89d4ca4tyk597zzvh89waw3','What is in it?','b2:a6c937630ccfd0847a401e55b1e69b67',NULL,'2026-11-25 13:08:14.788377+00:00');
INSERT INTO "threads" VALUES('01m89d4ca64fy6yvhazamnb7fs','Call me Ishmael. Some years ago…','b2:552d9dd5f150116e030d69314de8cae1',NULL,'2026-11-25 13:08:14.790643+00:00');
CREATE TABLE "turns" (
   "id" TEXT PRIMARY KEY,
   "thread_id" TEXT REFERENCES "threads"("id"),
   "parent_message_hash" TEXT REFERENCES "messages"("hash"),
   "tip_message_hash" TEXT REFERENCES "messages"("hash"),
   "model" TEXT,
   "resolved_model" TEXT,
   "options_json" TEXT,
   "schema_id" TEXT REFERENCES "schemas"("id"),
   "input_tokens" INTEGER,
   "output_tokens" INTEGER,
   "token_details" TEXT,
   "duration_ms" INTEGER,
   "datetime_utc" TEXT
, "response_json" TEXT);
INSERT INTO "turns" VALUES('01m89d4c9sc7m9ghjgxm5vjgny','01hconversation0000000000a1','b2:466de979876222bc334fdcec5d9ef1db','b2:554979ab8917d2e73857fc9ff470c13c','gpt-4o-mini',NULL,'{"temperature": 0.2}',NULL,11,6,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1001,'2025-03-01T10:00:01.123456+00:00','{"id": "x", "usage": {"prompt_tokens": 11}}');
INSERT INTO "turns" VALUES('01m89d4c9y156qr5hvc5knv0k3','01hconversation0000000000a1','b2:ebaac48dd8e26b9501a0740bed39738d','b2:155fd743f66fa3c790874b0bf4383a3f','gpt-4o-mini',NULL,NULL,NULL,11,4,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1002,'2025-03-02T10:00:02.123456','{"id": "x", "usage": {"prompt_tokens": 11}}');
INSERT INTO "turns" VALUES('01m89d4ca0tz61z8cgtymb6r79','01hconversation0000000000a1','b2:02307602769b1ac294c0fd7064140d40','b2:71a83ad942dbb9f1c29edcc0dd874f48','claude-3.5-sonnet',NULL,NULL,NULL,11,6,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1003,'2025-03-03T10:00:03.123456+00:00','{"id": "x", "usage": {"prompt_tokens": 11}}');
INSERT INTO "turns" VALUES('01m89d4ca2fp1ga1ctsq4pq8qg','01m89d4ca2fp1ga1ctsq4pq8qh','b2:f0089c8c48282d7f8c7c7c79ebd25966','b2:6f36f199886873fe657c6ed27f92e679','llama3.2:latest',NULL,NULL,NULL,11,5,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1004,'2025-03-04T10:00:04.123456','{"id": "x", "usage": {"prompt_tokens": 11}}');
INSERT INTO "turns" VALUES('01m89d4ca4tyk597zzvh89waw2','01m89d4ca4tyk597zzvh89waw3','b2:13872f6d8aad24c8cd027630daf819ce','b2:a6c937630ccfd0847a401e55b1e69b67','gpt-4o-mini',NULL,NULL,NULL,11,3,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1005,'2025-03-05T10:00:05.123456+00:00','{"id": "x", "usage": {"prompt_tokens": 11}}');
INSERT INTO "turns" VALUES('01m89d4ca64fy6yvhazamnb7fr','01m89d4ca64fy6yvhazamnb7fs','b2:407b5b2f027c4dcea15d4efae2a40bb7','b2:552d9dd5f150116e030d69314de8cae1','gpt-4o-mini',NULL,NULL,NULL,11,4,'{"completion_tokens_details": {"reasoning_tokens": 2}}',1006,'2025-03-06T10:00:06.123456','{"id": "x", "usage": {"prompt_tokens": 11}}');
CREATE TABLE "turn_fragments" (
   "turn_id" TEXT REFERENCES "turns"("id"),
   "fragment_id" INTEGER REFERENCES "fragments"("id"),
   "order" INTEGER,
   "kind" TEXT,
   PRIMARY KEY ("turn_id", "fragment_id", "kind", "order")
);
INSERT INTO "turn_fragments" VALUES('01m89d4ca64fy6yvhazamnb7fr',1,0,'prompt');
INSERT INTO "turn_fragments" VALUES('01m89d4ca64fy6yvhazamnb7fr',2,0,'system');
CREATE TABLE "turn_search" (
   "id" INTEGER PRIMARY KEY,
   "turn_id" TEXT REFERENCES "turns"("id"),
   "prompt" TEXT,
   "response" TEXT
);
INSERT INTO "turn_search" VALUES(1,'01m89d4c9sc7m9ghjgxm5vjgny','Why are there tides?','The moon pulls on the sea. ');
INSERT INTO "turn_search" VALUES(2,'01m89d4c9y156qr5hvc5knv0k3','How often?','Twice a day, <b>about</b>. ');
INSERT INTO "turn_search" VALUES(3,'01m89d4ca0tz61z8cgtymb6r79','And the sun?','The sun pulls too: =1+1 '||char(27)||'[31m ');
INSERT INTO "turn_search" VALUES(4,'01m89d4ca2fp1ga1ctsq4pq8qg','Say hello','Hello from a small one. ');
INSERT INTO "turn_search" VALUES(5,'01m89d4ca4tyk597zzvh89waw2','What is in it?','A red pixel. ');
INSERT INTO "turn_search" VALUES(6,'01m89d4ca64fy6yvhazamnb7fr','
What is it about?','It is about whales. ');
CREATE TABLE "turn_tools" (
   "turn_id" TEXT REFERENCES "turns"("id"),
   "tool_id" INTEGER REFERENCES "tools"("id"),
   "instance_id" INTEGER REFERENCES "tool_instances"("id"),
   PRIMARY KEY ("turn_id", "tool_id")
);
CREATE TABLE "tool_instantiations" (
   "turn_id" TEXT REFERENCES "turns"("id"),
   "tool_call_id" TEXT,
   "instance_id" INTEGER REFERENCES "tool_instances"("id"),
   PRIMARY KEY ("turn_id", "tool_call_id")
);
