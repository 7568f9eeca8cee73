ALTER TABLE "quota_subject" ADD COLUMN "month_starts_on" smallint DEFAULT 1 NOT NULL;--> statement-breakpoint
-- Writer 3: a process that does not know the windows `week` and `total`, months that begin on another day, limits of calls
-- in flight and grants cannot decide on limits that have them.
CREATE OR REPLACE FUNCTION "quotakeeper_least_writer"() RETURNS smallint LANGUAGE sql IMMUTABLE AS 'select 3::smallint';
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "quota_counter_writer" BEFORE INSERT ON "quota_counter" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 3) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "ai_provider_usage_writer" BEFORE INSERT ON "ai_provider_usage" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 3) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "usage_attempt_writer" BEFORE INSERT ON "usage_attempt" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 3) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
