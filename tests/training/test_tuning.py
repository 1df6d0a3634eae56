"""The real libraries on a model of a few thousand weights; runs where the extra `train` is."""

from __future__ import annotations

import pytest

from tests.training.articles import config

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
pytest.importorskip("peft")

from extractor.errors import UsageError  # noqa: E402
from training import checkpoints  # noqa: E402
from training.base import Tuned, with_adapter  # noqa: E402
from training.engines import ByHand, Plain, mean_loss  # noqa: E402
from training.limits import Limit, Progress  # noqa: E402
from training.packing import Branch, Pack  # noqa: E402
from training.trainer import Trainer  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries, about each other

BATCHES = [
    [Pack([1, 5, 9, 4, 7], (Branch([3], [8, 2, 6]), Branch([11, 3], [12, 2])))],
    [
        Pack([1, 5, 30, 31], (Branch([3], [33, 2]), Branch([11], [34, 35, 36, 2]))),
        Pack([1, 7], (Branch([3], [9, 9, 2]),)),
    ],
]


def small():
    shape = config().adapter.model_copy(update={"rank": 4, "alpha": 8})
    return config().model_copy(update={"adapter": shape})


KINDS = {
    "llama": (transformers.LlamaForCausalLM, transformers.LlamaConfig),
    "qwen2": (transformers.Qwen2ForCausalLM, transformers.Qwen2Config),
}


def model(kind: str = "llama") -> Tuned:
    torch.manual_seed(1)
    causal, shape = KINDS[kind]
    base = causal(
        shape(
            vocab_size=40, hidden_size=24, intermediate_size=32, num_hidden_layers=2,
            num_attention_heads=6, num_key_value_heads=2, tie_word_embeddings=True,
            initializer_range=0.4,
        )
    )  # fmt: skip
    for name, parameter in base.named_parameters():
        if name.endswith("bias"):
            torch.nn.init.normal_(parameter, 0, 0.5)
    return Tuned(with_adapter(base, small()), tokenize=list, padding=0)


def disturbed(kind: str = "llama") -> Tuned:
    """Return a model whose adapter changes something."""
    tuned = model(kind)
    for parameter in tuned.parameters:
        torch.nn.init.normal_(parameter, 0, 0.05)
    return tuned


def trainer(tuned: Tuned, limit: Limit, progress: Progress | None = None) -> Trainer:
    steps = config().steps.model_copy(update={"tokens": 10, "learning_rate": 0.03})
    return Trainer(
        tuned.parameters, steps, lambda _: BATCHES, limit, progress or Progress(), lambda: None
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch", BATCHES)
def test_the_kernel_agrees_with_the_library(batch, kind):
    tuned = disturbed(kind)
    by_hand, plain = ByHand(tuned, torch.float32), Plain(tuned)
    by_hand.prepare()
    one, other = by_hand.share(batch), plain.share(batch)
    assert one.loss == pytest.approx(other.loss, rel=1e-5)
    assert (one.targets, one.tokens) == (other.targets, other.tokens)
    for mine, theirs in zip(one.gradients, other.gradients, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-3, atol=1e-6)


def test_a_fresh_adapter_changes_nothing():
    tuned = model()
    engine, plain = ByHand(tuned, torch.float32), Plain(tuned)
    engine.prepare()
    with tuned.model.disable_adapter():
        untouched = plain.loss(BATCHES[0]).item()
    assert engine.loss(BATCHES[0]).item() == pytest.approx(untouched, rel=1e-5)


def test_tuning_lowers_the_loss():
    tuned = model()
    engine = ByHand(tuned, torch.float32)
    engine.prepare()
    before = mean_loss(engine, BATCHES)
    trainer(tuned, Limit(steps=40)).work(engine)
    engine.take(tuned.parameters)
    engine.prepare()
    assert mean_loss(engine, BATCHES) < 0.8 * before


def test_a_resumed_tuning_ends_where_an_unbroken_one_does(tmp_path):
    whole = model()
    trainer(whole, Limit(steps=6)).work(ByHand(whole, torch.float32))

    broken = model()
    first = trainer(broken, Limit(steps=6))
    first.save = first.stopped.set  # after every step
    first.steps = first.steps.model_copy(update={"save_every_s": 1e-9})
    first.work(ByHand(broken, torch.float32))
    assert 0 < first.progress.step < 6
    checkpoints.save(tmp_path / "last", broken, first, small())

    state = checkpoints.read_state(tmp_path / "last", small())
    resumed = model()
    second = trainer(resumed, Limit(steps=6), checkpoints.progress_of(state))
    checkpoints.restore(second, state)
    second.work(ByHand(resumed, torch.float32))
    assert second.progress.step == 6
    for one, other in zip(whole.parameters, resumed.parameters, strict=True):
        torch.testing.assert_close(one, other)


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path):
    tuned = model()
    checkpoints.save(tmp_path / "last", tuned, trainer(tuned, Limit(steps=1)), small())
    with pytest.raises(UsageError, match="another configuration"):
        checkpoints.read_state(tmp_path / "last", config())


def test_a_folder_without_a_state_is_no_checkpoint(tmp_path):
    with pytest.raises(UsageError, match="no checkpoint"):
        checkpoints.read_state(tmp_path, config())


def test_a_tuning_can_begin_from_an_adapter(tmp_path):
    first = disturbed()
    checkpoints.save(tmp_path / "final", first, trainer(first, Limit(steps=1)), small())
    second = model()
    checkpoints.read_adapter(tmp_path / "final", second, tmp_path)
    for one, other in zip(first.parameters, second.parameters, strict=True):
        torch.testing.assert_close(one, other)


def test_an_adapter_of_another_rank_is_refused(tmp_path):
    first = disturbed()
    checkpoints.save(tmp_path / "final", first, trainer(first, Limit(steps=1)), small())
    smaller = model()
    shape = config().adapter.model_copy(update={"rank": 2, "alpha": 4})
    smaller = Tuned(
        with_adapter(smaller.model.unload(), small().model_copy(update={"adapter": shape})),
        tokenize=list,
        padding=0,
    )
    with pytest.raises(UsageError, match="another shape"):
        checkpoints.read_adapter(tmp_path / "final", smaller, tmp_path)


def test_a_folder_without_an_adapter_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"no adapter_model\.safetensors"):
        checkpoints.read_adapter(tmp_path, model(), tmp_path)
