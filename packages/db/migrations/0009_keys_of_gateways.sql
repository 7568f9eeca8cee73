CREATE TABLE "gateway_key" (
	"gateway" text NOT NULL,
	"provider_name" text NOT NULL,
	"variable" text DEFAULT '' NOT NULL,
	"fingerprint" text,
	"reason" text,
	"check_result" text,
	"check_http_status" integer,
	"checked_at" timestamp(3) with time zone,
	"reported_at" timestamp(3) with time zone NOT NULL,
	"retried_at" timestamp(3) with time zone,
	CONSTRAINT "gateway_key_gateway_provider_name_pk" PRIMARY KEY("gateway","provider_name")
);
--> statement-breakpoint
CREATE TABLE "installation_fact" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "cool_down" ADD COLUMN "http_status" integer;--> statement-breakpoint
ALTER TABLE "cool_down" ADD COLUMN "key_fingerprint" text;--> statement-breakpoint
CREATE INDEX "gateway_key_provider" ON "gateway_key" USING btree ("provider_name","reported_at");