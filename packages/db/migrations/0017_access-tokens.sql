CREATE TABLE "access_token" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"sha256" text NOT NULL,
	"consumer" text DEFAULT '' NOT NULL,
	"scopes" text[] NOT NULL,
	"managed_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"revoked_at" timestamp(3) with time zone,
	"revoked_by" text,
	"last_used_at" timestamp(3) with time zone
);
--> statement-breakpoint
ALTER TABLE "request_trace" ADD COLUMN "consumer" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "access_token_sha256" ON "access_token" USING btree ("sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "access_token_name" ON "access_token" USING btree ("name") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "access_token_listed" ON "access_token" USING btree ("name" collate "C","id");