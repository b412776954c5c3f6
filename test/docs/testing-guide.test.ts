// The tests that the guide on testing shows are tests.
import "../../docs/guides/snippets/testing.ts";
