CREATE TABLE "ai_provider" (
	"name" text PRIMARY KEY NOT NULL,
	"vendor" text NOT NULL,
	"pool_name" text DEFAULT '' NOT NULL,
	"models" text[] NOT NULL,
	"priority" integer NOT NULL,
	"on_expiry" text NOT NULL,
	"enabled" boolean NOT NULL,
	"managed_by" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"removed_at" timestamp(3) with time zone,
	"reset_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ai_provider_usage" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"provider_name" text NOT NULL,
	"date" date NOT NULL,
	"request_count" bigint DEFAULT 0 NOT NULL,
	"character_count" bigint DEFAULT 0 NOT NULL,
	"input_token_count" bigint DEFAULT 0 NOT NULL,
	"output_token_count" bigint DEFAULT 0 NOT NULL,
	"cached_input_token_count" bigint DEFAULT 0 NOT NULL,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_name" text NOT NULL,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cool_down" (
	"subject_kind" text NOT NULL,
	"subject_name" text NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"kind" text NOT NULL,
	"since" timestamp(3) with time zone NOT NULL,
	"until" timestamp(3) with time zone NOT NULL,
	"refusals" integer NOT NULL,
	CONSTRAINT "cool_down_subject_kind_subject_name_model_kind_pk" PRIMARY KEY("subject_kind","subject_name","model","kind")
);
--> statement-breakpoint
CREATE TABLE "quota_alert" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_name" text NOT NULL,
	"limit_id" text NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"window_start" timestamp(3) with time zone NOT NULL,
	"threshold_percent" integer NOT NULL,
	"limit_version" bigint NOT NULL,
	"severity" text NOT NULL,
	"metric" text NOT NULL,
	"window" text NOT NULL,
	"used" bigint NOT NULL,
	"max" bigint NOT NULL,
	"raised_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quota_counter" (
	"subject_kind" text NOT NULL,
	"subject_name" text NOT NULL,
	"limit_id" text NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"window_start" timestamp(3) with time zone NOT NULL,
	"used" bigint NOT NULL,
	"level" numeric(40, 0) NOT NULL,
	"held" bigint NOT NULL,
	"observed" bigint NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"alerted_percents" integer[] DEFAULT '{}' NOT NULL,
	CONSTRAINT "quota_counter_subject_kind_subject_name_limit_id_model_pk" PRIMARY KEY("subject_kind","subject_name","limit_id","model"),
	CONSTRAINT "quota_counter_not_negative" CHECK ("quota_counter"."used" >= 0 and "quota_counter"."held" >= 0 and "quota_counter"."observed" >= 0 and "quota_counter"."level" >= 0)
);
--> statement-breakpoint
CREATE TABLE "quota_pool" (
	"name" text PRIMARY KEY NOT NULL,
	"managed_by" text NOT NULL,
	"removed_at" timestamp(3) with time zone,
	"created_at" timestamp(3) with time zone NOT NULL,
	"updated_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "quota_subject" (
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"time_zone" text DEFAULT 'UTC' NOT NULL,
	"day_starts_at" text DEFAULT '00:00' NOT NULL,
	"limits" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"thresholds_percent" integer[] DEFAULT '{}' NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "quota_subject_kind_name_pk" PRIMARY KEY("kind","name")
);
--> statement-breakpoint
CREATE TABLE "usage_attempt" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"request_id" text DEFAULT '' NOT NULL,
	"provider_name" text NOT NULL,
	"pool_name" text DEFAULT '' NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"consumer" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"reserved_request_count" bigint NOT NULL,
	"reserved_character_count" bigint NOT NULL,
	"reserved_input_token_count" bigint NOT NULL,
	"reserved_output_token_count" bigint NOT NULL,
	"reserved_cached_input_token_count" bigint NOT NULL,
	"reserved_cost_micro_usd" bigint NOT NULL,
	"request_count" bigint NOT NULL,
	"character_count" bigint NOT NULL,
	"input_token_count" bigint NOT NULL,
	"output_token_count" bigint NOT NULL,
	"cached_input_token_count" bigint NOT NULL,
	"cost_micro_usd" bigint NOT NULL,
	"estimated" boolean DEFAULT false NOT NULL,
	"outcome" text,
	"occurred_at" timestamp(3) with time zone NOT NULL,
	"date" date NOT NULL,
	"expires_at" timestamp(3) with time zone,
	"settled_at" timestamp(3) with time zone,
	"request_hash" text NOT NULL,
	"settle_hash" text,
	"metadata" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "usage_attempt_not_negative" CHECK (kind = 'adjustment' or (request_count >= 0 and character_count >= 0 and input_token_count >= 0
        and output_token_count >= 0 and cached_input_token_count >= 0 and cost_micro_usd >= 0)),
	CONSTRAINT "usage_attempt_reserved_not_negative" CHECK (reserved_request_count >= 0 and reserved_character_count >= 0 and reserved_input_token_count >= 0
        and reserved_output_token_count >= 0 and reserved_cached_input_token_count >= 0
        and reserved_cost_micro_usd >= 0)
);
--> statement-breakpoint
CREATE TABLE "usage_hourly" (
	"provider_name" text NOT NULL,
	"hour_start" timestamp(3) with time zone NOT NULL,
	"date" date NOT NULL,
	"model" text DEFAULT '' NOT NULL,
	"consumer" text DEFAULT '' NOT NULL,
	"request_count" bigint DEFAULT 0 NOT NULL,
	"character_count" bigint DEFAULT 0 NOT NULL,
	"input_token_count" bigint DEFAULT 0 NOT NULL,
	"output_token_count" bigint DEFAULT 0 NOT NULL,
	"cached_input_token_count" bigint DEFAULT 0 NOT NULL,
	"cost_micro_usd" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_hourly_provider_name_hour_start_date_model_consumer_pk" PRIMARY KEY("provider_name","hour_start","date","model","consumer")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "ai_provider_usage_provider_date" ON "ai_provider_usage" USING btree ("provider_name","date");--> statement-breakpoint
CREATE INDEX "ai_provider_usage_provider" ON "ai_provider_usage" USING btree ("provider_name");--> statement-breakpoint
CREATE INDEX "ai_provider_usage_date" ON "ai_provider_usage" USING btree ("date");--> statement-breakpoint
CREATE UNIQUE INDEX "quota_alert_once" ON "quota_alert" USING btree ("subject_kind","subject_name","limit_id","model","window_start","threshold_percent","limit_version");--> statement-breakpoint
CREATE INDEX "usage_attempt_pending_provider" ON "usage_attempt" USING btree ("provider_name","expires_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "usage_attempt_pending_pool" ON "usage_attempt" USING btree ("pool_name","expires_at") WHERE state = 'pending' and pool_name <> '';--> statement-breakpoint
CREATE INDEX "usage_attempt_provider" ON "usage_attempt" USING btree ("provider_name","occurred_at");--> statement-breakpoint
CREATE INDEX "usage_attempt_pool" ON "usage_attempt" USING btree ("pool_name","occurred_at") WHERE pool_name <> '';--> statement-breakpoint
CREATE INDEX "usage_attempt_request" ON "usage_attempt" USING btree ("request_id") WHERE request_id <> '';--> statement-breakpoint
CREATE INDEX "usage_hourly_date" ON "usage_hourly" USING btree ("date");