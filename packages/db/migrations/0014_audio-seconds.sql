ALTER TABLE "ai_provider_usage" ADD COLUMN "audio_second_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_attempt" ADD COLUMN "reserved_audio_second_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_attempt" ADD COLUMN "audio_second_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "usage_hourly" ADD COLUMN "audio_second_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- Writer 2: a process that does not know the metric cannot settle what newer ones hold of it.
CREATE OR REPLACE FUNCTION "quotakeeper_least_writer"() RETURNS smallint LANGUAGE sql IMMUTABLE AS 'select 2::smallint';
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "quota_counter_writer" BEFORE INSERT ON "quota_counter" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 2) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "ai_provider_usage_writer" BEFORE INSERT ON "ai_provider_usage" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 2) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE OR REPLACE TRIGGER "usage_attempt_writer" BEFORE INSERT ON "usage_attempt" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 2) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
