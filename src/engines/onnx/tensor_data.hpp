// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// A tensor as the library has it; for this room alone.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "engines/onnx/tensor.hpp"

namespace livedub::onnx {

[[nodiscard]] ElementKind kind_of(ONNXTensorElementDataType type) noexcept;

struct Tensor::Data {
    // The numbers, where they are ours; the library's value points to them.
    std::vector<float> floats;
    std::vector<std::int64_t> integers;
    std::unique_ptr<bool> truth;

    ElementKind kind = ElementKind::kOther;
    Shape shape;
    std::size_t size = 0;  // how many numbers
    Ort::Value value{nullptr};
};

/// Takes a value that a model made; throws as the library does, also when it is no tensor.
[[nodiscard]] Tensor made_by_model(Ort::Value value);

}  // namespace livedub::onnx
