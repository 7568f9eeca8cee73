ALTER TABLE "ai_provider_usage" ADD COLUMN "writer" smallint;--> statement-breakpoint
ALTER TABLE "quota_counter" ADD COLUMN "writer" smallint;--> statement-breakpoint
ALTER TABLE "usage_attempt" ADD COLUMN "writer" smallint;--> statement-breakpoint
-- What a writer must know: a release refuses to start where this is more than its own number (packages/db/src/writer.ts).
-- A migration that raises it replaces the triggers, too, since a condition with a constant in it is the cheapest.
CREATE FUNCTION "quotakeeper_least_writer"() RETURNS smallint LANGUAGE sql IMMUTABLE AS 'select 1::smallint';
--> statement-breakpoint
CREATE FUNCTION "quotakeeper_refuse_writer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = '25006',
    MESSAGE = 'a newer release of Quotakeeper writes to this database: this process may read it, not write to it',
    HINT = 'Replace this process by one of that release.';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "quota_counter_writer" BEFORE INSERT ON "quota_counter" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 1) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE TRIGGER "ai_provider_usage_writer" BEFORE INSERT ON "ai_provider_usage" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 1) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
CREATE TRIGGER "usage_attempt_writer" BEFORE INSERT ON "usage_attempt" FOR EACH ROW
  WHEN (NEW."writer" IS NULL OR NEW."writer" < 1) EXECUTE FUNCTION "quotakeeper_refuse_writer"();
--> statement-breakpoint
-- Settings that change without another stamp would never be seen by whoever remembers the subject under the old one.
-- Of the version alone: a condition is read anew for each statement, some 3 microseconds, and calls set no version.
CREATE TRIGGER "quota_subject_stamped" BEFORE UPDATE OF "version" ON "quota_subject" FOR EACH ROW
  WHEN (NEW."version" <> OLD."version" AND NEW."stamp" = OLD."stamp") EXECUTE FUNCTION "quotakeeper_refuse_writer"();
