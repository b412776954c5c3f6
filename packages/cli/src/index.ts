export * from "@millrace/sdk";
