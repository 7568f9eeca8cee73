DROP INDEX "ai_provider_usage_date";--> statement-breakpoint
CREATE INDEX "ai_provider_usage_history" ON "ai_provider_usage" USING btree ("date" DESC NULLS LAST,"provider_name" collate "C");