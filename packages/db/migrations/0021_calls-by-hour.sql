CREATE TABLE "call_hourly" (
	"hour_start" timestamp(3) with time zone NOT NULL,
	"provider_name" text NOT NULL,
	"model" text NOT NULL,
	"consumer" text NOT NULL,
	"is_other" boolean NOT NULL,
	"answered_count" bigint NOT NULL,
	"refused_count" bigint NOT NULL,
	"failed_count" bigint NOT NULL,
	"aborted_count" bigint NOT NULL,
	"turned_away_count" bigint NOT NULL,
	"durations" integer[] NOT NULL,
	"first_tokens" integer[] NOT NULL,
	CONSTRAINT "call_hourly_group" PRIMARY KEY("hour_start","provider_name","model","consumer","is_other")
);
--> statement-breakpoint
CREATE TABLE "call_report" (
	"reporter" text PRIMARY KEY NOT NULL,
	"number" bigint NOT NULL,
	"reported_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "call_report_reported" ON "call_report" USING btree ("reported_at");