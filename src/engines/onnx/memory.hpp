// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0
//
// The end of the one exception that whoever makes tensors has to expect: how much memory they take
// is for the model to say.

#pragma once

#include <new>

#include "base/result.hpp"

namespace livedub::onnx {

/// Calls. Errors: kExhausted where there is no memory; those of the call.
template <typename Call>
auto if_memory(Call call) -> decltype(call()) {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::kExhausted, "no memory");
    }
}

}  // namespace livedub::onnx
