CREATE TABLE "conversations" (
   "id" TEXT PRIMARY KEY,
   "name" TEXT,
   "model" TEXT
);
INSERT INTO "conversations" VALUES('01hconversation0000000000a1','Why are there tides?','gpt-4o-mini');
INSERT INTO "conversations" VALUES('01m89d4brre4gqaskg64tzez88','Say hello','llama3.2:latest');
INSERT INTO "conversations" VALUES('01m89d4brttdfjsgknepjtj63s','What is in it?','gpt-4o-mini');
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
   "datetime_utc" TEXT
, "input_tokens" INTEGER, "output_tokens" INTEGER, "token_details" TEXT);
INSERT INTO "responses" VALUES('01m89d4brmjgq2avb07mhzwpbx','gpt-4o-mini','Why are there tides?','Be brief.',NULL,'{"temperature": 0.2}','The moon pulls on the sea. ','{"id": "x", "usage": {"prompt_tokens": 11}}','01hconversation0000000000a1',1001,'2025-03-01T10:00:01.123456+00:00',11,6,'{"completion_tokens_details": {"reasoning_tokens": 2}}');
INSERT INTO "responses" VALUES('01m89d4brndsev4t8xn9e55d3b','gpt-4o-mini','How often?',NULL,NULL,'{}','Twice a day, <b>about</b>. ','{"id": "x", "usage": {"prompt_tokens": 11}}','01hconversation0000000000a1',1002,'2025-03-02T10:00:02.123456',11,4,'{"completion_tokens_details": {"reasoning_tokens": 2}}');
INSERT INTO "responses" VALUES('01m89d4brqkvyp0etj78hr1exr','claude-3.5-sonnet','And the sun?',NULL,NULL,'{}','The sun pulls too: =1+1 '||char(27)||'[31m ','{"id": "x", "usage": {"prompt_tokens": 11}}','01hconversation0000000000a1',1003,'2025-03-03T10:00:03.123456+00:00',11,6,'{"completion_tokens_details": {"reasoning_tokens": 2}}');
INSERT INTO "responses" VALUES('01m89d4brsc5p9vnar4367ryfx','llama3.2:latest','Say hello',NULL,NULL,'{}','Hello from a small one. ','{"id": "x", "usage": {"prompt_tokens": 11}}','01m89d4brre4gqaskg64tzez88',1004,'2025-03-04T10:00:04.123456',11,5,'{"completion_tokens_details": {"reasoning_tokens": 2}}');
INSERT INTO "responses" VALUES('01m89d4brvgcr66dwde0s46deh','gpt-4o-mini','What is in it?',NULL,NULL,'{}','A red pixel. ','{"id": "x", "usage": {"prompt_tokens": 11}}','01m89d4brttdfjsgknepjtj63s',1005,'2025-03-05T10:00:05.123456+00:00',11,3,'{"completion_tokens_details": {"reasoning_tokens": 2}}');
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
INSERT INTO "prompt_attachments" VALUES('01m89d4brvgcr66dwde0s46deh','b1ff9c8ea3a780bad09b346c423d2d0e46815926879b18e841d928376a946640',0);
