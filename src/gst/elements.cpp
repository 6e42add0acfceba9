// SPDX-FileCopyrightText: 2026 The livedub authors
// SPDX-License-Identifier: Apache-2.0

#include "gst/elements.hpp"

#include <utility>

#include <fmt/format.h>
#include <gst/gst.h>

#include "gst/pipeline.hpp"

namespace livedub::gst {

Result<bool> has_element(const std::string& name) {
    if (auto started = start_gstreamer(); !started) {
        return tl::unexpected{std::move(started).error()};
    }
    GstElementFactory* factory = gst_element_factory_find(name.c_str());
    if (factory == nullptr) {
        return false;
    }
    gst_object_unref(factory);
    return true;
}

std::string library_version() {
    guint major = 0;
    guint minor = 0;
    guint micro = 0;
    guint nano = 0;
    gst_version(&major, &minor, &micro, &nano);
    return fmt::format("{}.{}.{}", major, minor, micro);
}

}  // namespace livedub::gst
