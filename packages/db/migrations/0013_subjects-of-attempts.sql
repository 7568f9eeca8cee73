DROP INDEX "usage_attempt_pending_provider";--> statement-breakpoint
DROP INDEX "usage_attempt_pending_pool";--> statement-breakpoint
ALTER TABLE "quota_pool" ADD COLUMN "resets" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "quota_subject" ADD COLUMN "id" serial NOT NULL;--> statement-breakpoint
ALTER TABLE "quota_subject" ADD COLUMN "owner" jsonb;--> statement-breakpoint
ALTER TABLE "usage_attempt" ADD COLUMN "subject_ids" integer[];--> statement-breakpoint
CREATE UNIQUE INDEX "quota_subject_id" ON "quota_subject" USING btree ("id");