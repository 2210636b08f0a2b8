"""Wranglet's rules: the only file a user loads."""

load("//plugin/private:model_answers.bzl", _model_answers = "model_answers")
load("//plugin/private:model_library.bzl", _model_library = "model_library")
load("//plugin/private:wasm_binary.bzl", _wasm_binary = "wasm_binary")
load("//plugin/private:wasm_model.bzl", _wasm_model = "wasm_model")
load("//plugin/private:wrangler_worker.bzl", _wrangler_worker = "wrangler_worker")
load("//plugin/private:wrangler_worker_test.bzl", _wrangler_worker_test = "wrangler_worker_test")

model_answers = _model_answers
model_library = _model_library
wasm_binary = _wasm_binary
wasm_model = _wasm_model
wrangler_worker = _wrangler_worker
wrangler_worker_test = _wrangler_worker_test
