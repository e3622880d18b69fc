namespace Sluice.Cli;

/// <summary>What <c>init</c> writes: valid as it is, with everything in it commented out save the defaults that people look for.</summary>
internal static class SampleConfiguration
{
    public const string Text = """
        # Sluice. Every setting is optional: without this file the simulator serves, and vendors whose
        # usual environment variable is set (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, ...) are offered.
        #
        #   check        sluice config validate        (the running service takes a valid change by itself)
        #   in force     sluice config show
        #   all settings sluice config schema
        #
        # Secrets:   "${NAME}" reads an environment variable, file:/path reads a file. "$${" stands for "${".
        # Override:  SLUICE__SERVER__URLS=http://0.0.0.0:8080 wins over this file; so for every setting.

        server:
          urls: "http://127.0.0.1:8080"    # several: separate by semicolons
          data: ./data                     # database, journal and key file

        # Upstream vendors. Left out, they are found by their environment variables.
        # providers:
        #   - name: openai-main
        #     type: openai                 # openai, anthropic, gemini, openai-compatible, groq, ..., simulator
        #     credentials:
        #       - { name: k1, api_key: "${OPENAI_API_KEY}" }
        #       - { name: k2, api_key: "${OPENAI_API_KEY_2}", weight: 2, max_concurrency: 8 }
        #   - name: claude
        #     type: anthropic
        #     credentials: [ { name: k1, api_key: "${ANTHROPIC_API_KEY}" } ]
        #     timeouts: { connect: 10s, first_token: 10m, idle: 5m, total: 1h }
        #   - name: local
        #     type: openai-compatible      # anything that speaks Chat Completions
        #     base_url: http://127.0.0.1:11434/v1

        # What clients may ask for. Left out, each provider's own list is offered;
        # "provider/model" always reaches a model of one provider.
        # models:
        #   - name: smart
        #     strategy: priority           # priority, weighted, round_robin, least_busy, cost, quality, speed, adaptive
        #     targets:
        #       - { provider: openai-main, model: gpt-5.1, priority: 1 }
        #       - { provider: claude, model: claude-sonnet-4-5, priority: 2, price: { input: 3, output: 15 } }

        # API keys for clients; "sluice keys create" makes others, in the database.
        # keys:
        #   - { name: ci, key: "${CI_KEY}", models: ["*"], limits: { rpm: 600, tpm: 1000000, concurrency: 20 } }

        """;
}
