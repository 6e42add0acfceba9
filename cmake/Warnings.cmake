# livedub::options is linked privately by everything of ours and by nothing else: warnings, sanitizers,
# and the compile-time checks of thread annotations.
add_library(livedub_options INTERFACE)
add_library(livedub::options ALIAS livedub_options)
target_compile_options(livedub_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-field-initializers  # g++ counts designated initialisers, where the rest has defaults
  $<$<BOOL:${LIVEDUB_WARNINGS_AS_ERRORS}>:-Werror>
  $<$<BOOL:${LIVEDUB_THREAD_SAFETY}>:-Wthread-safety>)
foreach(sanitizer IN LISTS LIVEDUB_SANITIZE)
  target_compile_options(livedub_options INTERFACE -fsanitize=${sanitizer} -fno-omit-frame-pointer)
  target_link_options(livedub_options INTERFACE -fsanitize=${sanitizer})
endforeach()
