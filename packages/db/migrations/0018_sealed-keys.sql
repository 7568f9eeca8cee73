CREATE TABLE "sealed_key" (
	"provider_name" text PRIMARY KEY NOT NULL,
	"revision" bigserial NOT NULL,
	"ciphertext" text NOT NULL,
	"fingerprint" text NOT NULL,
	"key_pair_id" text NOT NULL,
	"vendor" text NOT NULL,
	"base_url" text DEFAULT '' NOT NULL,
	"entered_at" timestamp(3) with time zone NOT NULL,
	"entered_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sealing_offer" (
	"gateway" text PRIMARY KEY NOT NULL,
	"public_keys" jsonb NOT NULL,
	"offered_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "sealed_key_revision" ON "sealed_key" USING btree ("revision");