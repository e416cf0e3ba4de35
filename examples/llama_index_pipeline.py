"""A vault in a llama-index pipeline: claims as nodes, tensions in their metadata.

python examples/llama_index_pipeline.py examples/vault "Why would random rewards help?"
"""

import sys

from llama_index.core.llms import LLM, MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine

from qa.llama import ClaimQueryEngine, ClaimRetriever, Vault


def main(folder: str, question: str, llm: LLM | None = None) -> None:
    """Ask the same base in three ways."""
    vault = Vault(folder)

    # 1. As a retriever: each node is one claim, with the place of its quote and the claims it pulls apart from.
    for found in ClaimRetriever(vault, limit=5).retrieve(question):
        print(f"{found.score:.2f}  {found.node.metadata['path']}:{found.node.metadata['line']}")
        for tension in found.node.metadata["tensions"]:
            print(f"      {tension['kind']}: {tension['text']}")

    # 2. In a pipeline of your own; here a model that repeats what it is told.
    engine = RetrieverQueryEngine.from_args(ClaimRetriever(vault, limit=5), llm=llm or MockLLM(max_tokens=20))
    print(engine.query(question))

    # 3. As a query engine that needs no model: the answer of `kb ask`.
    response = ClaimQueryEngine(vault).query(question)
    print(f"coverage: {response.metadata['coverage']}; {len(response.source_nodes)} claims cited\n\n{response}")
    vault.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
