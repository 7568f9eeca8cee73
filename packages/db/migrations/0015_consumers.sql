ALTER TABLE "ai_provider" ADD COLUMN "consumers" text[];--> statement-breakpoint
ALTER TABLE "usage_attempt" ADD COLUMN "end_user" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "quota_subject_parent" ON "quota_subject" USING btree ((owner->'parent'->>'name')) WHERE owner is not null;--> statement-breakpoint
CREATE INDEX "quota_subject_plan" ON "quota_subject" USING btree ((owner->>'plan')) WHERE owner is not null;