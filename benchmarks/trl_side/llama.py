"""The peer's model: a Llama of the size of ours, its tokenizer, and a base as well trained as ours.

Sizes give 103,616 parameters, as many as `Transformer(Countdown())` has. Token ids are those of `Countdown`, and two
more that TRL asks for, padding and end; no demonstration contains them, so an answer runs to its 8 tokens.
"""

from math import cos, pi

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from passk_lab.lm import Countdown, Prompts
from passk_lab.lm.countdown import OPERATIONS

TASK = Countdown()
PAD, END = TASK.vocabulary, TASK.vocabulary + 1


def tokenizer() -> PreTrainedTokenizerFast:
    words = [*map(str, range(TASK.values)), *OPERATIONS, "<pad>", "<end>"]
    inner = Tokenizer(models.WordLevel({word: token for token, word in enumerate(words)}, unk_token="<pad>"))
    inner.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", unk_token="<pad>", padding_side="left"
    )


def untrained(seed: int) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=TASK.vocabulary + 2, hidden_size=64, intermediate_size=172, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=4, max_position_embeddings=32, tie_word_embeddings=False,
        pad_token_id=PAD, eos_token_id=END, bos_token_id=None, initializer_range=0.1, dtype="float32",
    )  # fmt: skip
    return LlamaForCausalLM(config)


def base(seed: int, device: str = "cpu", steps: int = 800, rate: float = 6e-3) -> LlamaForCausalLM:
    """Train on the demonstrations that `train_base` uses, with its schedule."""
    model, prompts = untrained(seed).to(device), TASK.prompts("seen")
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    adam = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.99), fused=True)
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 50) * (1 + cos(pi * step / steps)) / 2
        whole = torch.from_numpy(prompts.demonstrations(rng, 128, 0.5)).to(device)
        scores = model(whole[:, :-1]).logits[:, TASK.prompt_length - 1 :]
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), whole[:, TASK.prompt_length :].flatten())
        adam.zero_grad()
        loss.backward()
        adam.step()
    return model


@torch.no_grad()
def success(model: LlamaForCausalLM, prompts: Prompts) -> np.ndarray:
    """Success probability of each prompt: the chances of its right answers, each read on its own, summed."""
    whole = np.hstack([prompts.tokens[prompts.right.owner], prompts.right.tokens])
    chance = []
    for part in torch.from_numpy(whole).to(model.device).split(1024):
        policy = model(part[:, :-1]).logits[:, TASK.prompt_length - 1 :].double().log_softmax(-1)
        chance.append(policy.gather(-1, part[:, TASK.prompt_length :, None]).sum((1, 2)).exp())
    return np.bincount(prompts.right.owner, torch.cat(chance).cpu().numpy(), minlength=len(prompts))
