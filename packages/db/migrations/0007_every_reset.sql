ALTER TABLE "ai_provider" ADD COLUMN "resets" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
UPDATE "ai_provider" SET "resets" = jsonb_build_array(floor(extract(epoch from "reset_at") * 1000)::bigint) WHERE "reset_at" IS NOT NULL;
