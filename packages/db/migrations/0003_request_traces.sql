CREATE TABLE "request_trace" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"merge_key" text NOT NULL,
	"request_ids" text[] NOT NULL,
	"count" bigint NOT NULL,
	"first_at" timestamp(3) with time zone NOT NULL,
	"last_at" timestamp(3) with time zone NOT NULL,
	"model" text NOT NULL,
	"outcome" text NOT NULL,
	"http_status" integer,
	"code" text DEFAULT '' NOT NULL,
	"provider_name" text DEFAULT '' NOT NULL,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "request_trace_merge" ON "request_trace" USING btree ("merge_key");--> statement-breakpoint
CREATE INDEX "request_trace_newest" ON "request_trace" USING btree ("last_at","id");--> statement-breakpoint
CREATE INDEX "request_trace_request" ON "request_trace" USING gin ("request_ids");