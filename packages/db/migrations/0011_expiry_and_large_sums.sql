ALTER TABLE "ai_provider_usage" ALTER COLUMN "cost_micro_usd" SET DATA TYPE numeric(40, 0);--> statement-breakpoint
ALTER TABLE "quota_counter" ALTER COLUMN "used" SET DATA TYPE numeric(40, 0);--> statement-breakpoint
ALTER TABLE "quota_counter" ALTER COLUMN "held" SET DATA TYPE numeric(40, 0);--> statement-breakpoint
ALTER TABLE "usage_hourly" ALTER COLUMN "cost_micro_usd" SET DATA TYPE numeric(40, 0);--> statement-breakpoint
CREATE INDEX "usage_attempt_due" ON "usage_attempt" USING btree ("expires_at") WHERE state = 'pending';