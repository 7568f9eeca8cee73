CREATE TABLE "ended_session" (
	"id" text PRIMARY KEY NOT NULL,
	"ends_at" timestamp(3) with time zone NOT NULL,
	"started_before" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE INDEX "ended_session_ends" ON "ended_session" USING btree ("ends_at");